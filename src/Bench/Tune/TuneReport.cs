using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Tune;

/// <summary>The result of <c>tune</c>.</summary>
/// <param name="Rounds">Rounds in which every way was timed once at every size.</param>
/// <param name="Table">The CPU or profile whose values were in use.</param>
/// <param name="Choices">The values of the profile.</param>
/// <param name="Profile">The text of the profile.</param>
/// <param name="Warm">Copies whose data is in a cache.</param>
/// <param name="Apart">The same, with source and destination at several distances.</param>
/// <param name="Hinted">Copies from memory to memory, whose destination is not used soon.</param>
/// <param name="Read">Copies together with the first read of the destination.</param>
internal sealed record TuneReport(
    int Rounds, string Table, IReadOnlyList<TuneChoice> Choices, string Profile, IReadOnlyList<TunePoint> Warm, IReadOnlyList<TunePoint> Apart,
    IReadOnlyList<TunePoint> Hinted, IReadOnlyList<TunePoint> Read) : Result
{
    internal override void Write(Document document)
    {
        document.Section("How long copies are the fastest here");
        document.Paragraph($"All ways in turns, {Rounds} rounds. Each figure is the throughput in GiB/s of one thread.");
        WritePoints(document, "In the caches", Warm, nameof(Warm), Machine);
        WritePoints(document, "With source and destination apart", Apart, nameof(Apart), Machine);
        WritePoints(document, "From memory to memory, for the streaming hint", Hinted, nameof(Hinted), Machine);
        WritePoints(document, "With the first read of the destination, for the default hint", Read, nameof(Read), Machine);
        document.Heading("The choices");
        document.Table(Choices, table => table
            .Words("value", choice => choice.Key)
            .Words("table", choice => choice.Table)
            .Words("fastest here", choice => choice.Best)
            .Figure("gain", choice => choice.Gain, Units.Ratio)
            .Words("chosen", choice => choice.Chosen, choice => choice.Differs ? Mark.Strong : Mark.None));
        document.Paragraph($"Table: the values for {Table}. Gain: how much faster the copies that the value changes are, 0.05 for 5 %. A value "
            + "is chosen instead of the table's from a gain of 0.03 on, if the middle halves of the times do not overlap.");
        document.Paragraph(Choices.Any(choice => choice.Differs)
            ? "To use them: copymc tune --output FILE, and COPYMC_TUNING=FILE in the environment of a program."
            : "The table's values are the fastest, or as fast as any.");
    }

    private static void WritePoints(Document document, string title, IReadOnlyList<TunePoint> points, string member, Machine.MachineReport machine)
    {
        if (points.Count == 0)
            return;
        document.Heading(title);
        string path = Figure.PathOf($"one.{member}");
        document.TableAt(points.Select((point, i) => ($"{path}[{i}]", point)), table =>
        {
            table.Words("copy", point => Name(point));
            foreach ((int i, TuneTime way) in points[0].Ways.Index())
            {
                table.Text(
                    way.Way, point => $"{new Figure($"ways[{i}].gibibytesPerSecond", point.Ways[i].GibibytesPerSecond, Units.Number)}",
                    point => point.Ways[i] == point.Fastest ? Mark.Strong : Mark.None);
            }
        });
        foreach (IGrouping<int, TunePoint> series in points.Where(point => point.Distance == 0 && point.Temperature != Measuring.Temperature.FirstLevel).GroupBy(point => point.Threads))
        {
            TunePoint[] line = [.. series];
            ThroughputSeries[] drawn = [.. line[0].Ways.Select((_, i) =>
                new ThroughputSeries([.. line.Select(point => (point.Bytes, point.Ways[i].GibibytesPerSecond))], [], []))];
            document.Plot(
                $"{title}, {Units.Count(series.Key, "thread")}", size => ThroughputPlot.Draw(size, drawn, [], machine.Caches), line[0].Ways.Select(way => way.Way));
        }
    }

    private static string Name(TunePoint point) =>
        Units.Bytes(point.Bytes)
        + (point.Temperature == Measuring.Temperature.FirstLevel && point.Distance == 0 ? " in L1" : "")
        + (point.Distance != 0 ? $", {point.Distance} apart" : "")
        + (point.Threads > 1 ? $", {point.Threads} threads" : "");
}
