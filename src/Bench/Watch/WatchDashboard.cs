using System.Globalization;
using CopyMc.Bench.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CopyMc.Bench.Watch;

/// <summary>A watched process as a picture that is drawn over again: where there is a terminal.</summary>
/// <param name="watched">Who is watched.</param>
/// <param name="profile">Of the terminal.</param>
internal sealed class WatchDashboard(string watched, Profile profile)
{
    private const string Bars = "▁▂▃▄▅▆▇█", BarsOfAscii = "_.-=+*#@";

    /// <summary>A quarter of a minute of readings.</summary>
    private const int SparkWidth = 60;

    private const int MaxWidth = 96;

    /// <summary>What frame and names take of a row.</summary>
    private const int BesideValues = 17;

    private readonly Queue<double> _rates = new();

    /// <summary>On a terminal that is too small the last rows are missing: poison comes first.</summary>
    internal LiveDisplay On(IAnsiConsole console) => console.Live(Waiting).Cropping(VerticalOverflowCropping.Bottom);

    private IRenderable Waiting => Framed(new Text("waiting for the first figures ..."));

    internal IRenderable Of(WatchReading reading, WatchedFault? fault, string? dump)
    {
        if (_rates.Count == SparkWidth)
            _rates.Dequeue();
        _rates.Enqueue(reading.CopiedBytesPerSecond);

        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().Padding(0, 0, 2, 0));
        grid.AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        Row("poison hits", Describe(reading.Hits), reading.Hits.Total > 0 ? new Style(Color.Red, decoration: Decoration.Bold) : Style.Plain);
        Row("copied", $"{Units.Bytes(reading.CopiedBytes)} in {Number(reading.Copies)} copies");
        Row("throughput", $"{Units.Bytes((long)reading.CopiedBytesPerSecond)}/s");
        Row("", Spark(profile.Capabilities.Unicode ? Bars : BarsOfAscii), new Style(Color.Blue));
        Row("last fault", fault is null ? "none" : WatchText.Describe(fault));
        Row("collapses", $"{Number(reading.CommittedCollapses)} committed, {Number(reading.AbortedCollapses)} aborted");
        if (dump is not null)
            Row("dump", dump);
        return Framed(new Rows(grid, new Text($"{Units.Number(reading.Seconds)} s; Ctrl-C ends it", new Style(decoration: Decoration.Dim))));

        void Row(string name, string value, Style? style = null) =>
            grid.AddRow(new Text(name, new Style(decoration: Decoration.Dim)), new Text(value, style));
    }

    /// <summary>Not as wide as the terminal: the ^C that it echoes would begin another line, and all be drawn one too low.</summary>
    private Panel Framed(IRenderable content) => new(content)
    {
        Header = new PanelHeader(Markup.Escape(PlainText.Of($" copymc watch: {watched} "))),
        Width = Width,
    };

    private int Width => Math.Min(profile.Width - 4, MaxWidth);

    /// <summary>Throughput from a quarter of a minute ago to now, or as much of it as one row holds, as high as it went.</summary>
    private string Spark(string bars)
    {
        double[] shown = [.. _rates.TakeLast(Math.Max(1, Width - BesideValues))];
        double most = shown.Max();
        return string.Concat(shown.Select(rate => bars[most > 0 ? (int)(rate / most * (bars.Length - 1)) : 0]));
    }

    private static string Describe(PoisonHits hits)
    {
        (string Name, long Count)[] kinds =
        [
            ("known", hits.KnownPoison), ("machine check", hits.MachineChecks), ("bus error", hits.BusErrors), ("access violation", hits.AccessViolations),
        ];
        string met = string.Join(", ", kinds.Where(kind => kind.Count > 0).Select(kind => $"{kind.Name} {Number(kind.Count)}"));
        return hits.Total == 0 ? "0" : $"{Number(hits.Total)}: {met}";
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
