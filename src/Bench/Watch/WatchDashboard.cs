using System.Globalization;
using CopyMc.Bench.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CopyMc.Bench.Watch;

/// <summary>A watched process on a terminal, redrawn with each reading.</summary>
/// <param name="watched">The watched process.</param>
/// <param name="profile">The terminal's profile.</param>
internal sealed class WatchDashboard(string watched, Profile profile)
{
    private const string Bars = "▁▂▃▄▅▆▇█", BarsOfAscii = "_.-=+*#@";

    /// <summary>A quarter of a minute of readings.</summary>
    private const int SparkWidth = 60;

    private const int MaxWidth = 96;

    /// <summary>The width of the frame and the names.</summary>
    private const int BesideValues = 17;

    private readonly Queue<double> _rates = new();

    /// <summary>On a small terminal the last rows are cut off, so poison comes first.</summary>
    internal LiveDisplay On(IAnsiConsole console) => console.Live(Waiting).Cropping(VerticalOverflowCropping.Bottom);

    private IRenderable Waiting => Framed(new Text("waiting for the first figures ..."));

    internal IRenderable Of(WatchReading reading, WatchedFault? fault, WatchedHandler? handler, string? dump)
    {
        if (_rates.Count == SparkWidth)
            _rates.Dequeue();
        _rates.Enqueue(reading.CopiedBytesPerSecond);

        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().Padding(0, 0, 2, 0));
        grid.AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        Row("poison hits", Describe(reading.Hits), reading.Hits.Total > 0 ? new Style(Color.Red, decoration: Decoration.Bold) : Style.Plain);
        Row("copied", $"{Units.Bytes(reading.CopiedBytes)} in {Units.Whole(reading.Copies)} copies");
        Row("throughput", $"{Units.Bytes((long)reading.CopiedBytesPerSecond)}/s");
        Row("", Spark(profile.Capabilities.Unicode ? Bars : BarsOfAscii), new Style(Color.Blue));
        Row("last fault", fault is null ? "none" : WatchText.Describe(fault));
        if (handler is not null)
            Row("recovery", WatchText.Describe(handler), new Style(Color.Red));
        Row("collapses", $"{Units.Whole(reading.CommittedCollapses)} committed, {Units.Whole(reading.AbortedCollapses)} aborted");
        if (dump is not null)
            Row("dump", dump);
        return Framed(new Rows(grid, new Text($"{Units.Number(reading.Seconds)} s; Ctrl-C ends it", new Style(decoration: Decoration.Dim))));

        void Row(string name, string value, Style? style = null) =>
            grid.AddRow(new Text(name, new Style(decoration: Decoration.Dim)), new Text(value, style));
    }

    /// <summary>Narrower than the terminal, because the ^C that it echoes would otherwise wrap and shift the drawing down by a line.</summary>
    private Panel Framed(IRenderable content) => new(content)
    {
        Header = new PanelHeader(Markup.Escape(PlainText.Of($" copymc watch: {watched} "))),
        Width = Width,
    };

    private int Width => Math.Min(profile.Width - 4, MaxWidth);

    /// <summary>The throughput of the last quarter of a minute, or as much of it as fits in a row, relative to its maximum.</summary>
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
        string met = string.Join(", ", kinds.Where(kind => kind.Count > 0).Select(kind => $"{kind.Name} {Units.Whole(kind.Count)}"));
        return hits.Total == 0 ? "0" : $"{Units.Whole(hits.Total)}: {met}";
    }
}
