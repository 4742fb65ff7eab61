using CopyMc.Bench.Measurement;
using Spectre.Console;

namespace CopyMc.Bench.Output;

/// <summary>Throughput as a table: a row for each method, a column for each point.</summary>
internal static class ThroughputText
{
    internal static void Write(IAnsiConsole console, ThroughputReport report)
    {
        console.WriteLine($"GiB/s copied (each byte counted once), and in brackets the ratio to {report.Baseline} in the same round;");
        console.WriteLine($"medians of {report.Rounds} rounds in turns. Hot: the same 2 MiB again and again. Cold: a pool in scattered order.");

        // Three points to a table: eighty columns hold no more.
        foreach (PointResult[] points in report.Points.Chunk(4))
        {
            console.WriteLine();
            var table = new Table { Border = TableBorder.Simple };
            table.AddColumn(new TableColumn("method").NoWrap());
            foreach (PointResult point in points)
                table.AddColumn(new TableColumn(point.Name).RightAligned().NoWrap());
            foreach (string method in points.SelectMany(point => point.Methods).Select(method => method.Name).Distinct())
                table.AddRow([new Text(method), .. points.Select(point => Cell(point, method))]);
            console.Write(table);
        }
        if (report.MedianSpreadPercent > 100 * ThroughputReport.NoisySpread)
        {
            console.WriteLine(
                $"This machine is noisy: the middle half of the ratios spreads by {Units.Number(report.MedianSpreadPercent)} %. Take single figures with care.");
        }
    }

    private static Text Cell(PointResult point, string method) =>
        point.Methods.FirstOrDefault(result => result.Name == method) is not { } found ? new Text("")
        : new Text($"{Units.Number(found.MedianGibibytesPerSecond)} ({Units.Ratio(found.RatioToNativeMemoryCopy.Median)})");
}
