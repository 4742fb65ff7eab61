using System.Globalization;
using System.Text;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Throughput;

/// <summary>Throughput as tables: a row for each method, a column for each point.</summary>
internal static class ThroughputText
{
    /// <summary>Eighty columns hold no more.</summary>
    private const int PointsPerTable = 4;

    internal static void Write(IAnsiConsole console, ThroughputReport report)
    {
        console.WriteLine($"GiB/s copied (each byte counts once); in brackets the ratio to {report.Baseline}. {Conditions(report)}");
        foreach (PointResult[] points in report.Points.Chunk(PointsPerTable))
        {
            Table table = Tables.New("method", points.Select(point => point.Name));
            foreach (string method in points.SelectMany(point => point.Methods).Select(method => method.Name).Distinct())
                table.AddRow([new Text(method), .. points.Select(point => Cell(point, method))]);
            console.Write(table);
        }
        WriteNoise(console, report);
    }

    /// <summary>What the figures mean, for whoever did not write the harness.</summary>
    internal static string Conditions(ThroughputReport report)
    {
        string processes = report.Processes > 1 ? $"{report.Processes} processes, together " : "";
        var text = new StringBuilder($"Medians of {processes}{Units.Count(report.Rounds, "round")} in which all take turns, ratios within a round; a clean poison map covers the source.");
        if (report.Points.Any(point => point.Temperature == Temperature.FirstLevel))
            text.Append(" In L1: the same bytes again and again.");
        text.Append(CultureInfo.InvariantCulture, $" Up to {Units.Bytes(MeasurementPoint.HotBytes)}, unless it says otherwise: hot, front to back over the same {Units.Bytes(MeasurementPoint.HotBytes)} again and again.");
        if (report.Points.FirstOrDefault(point => point.Temperature == Temperature.Cold) is { } cold)
            text.Append(CultureInfo.InvariantCulture, $" Cold: in scattered order through {Units.Bytes(cold.WorkingSetBytesPerBuffer)} on either side.");
        return text.Append(" Pages of 4 KiB, unless it says THP.").ToString();
    }

    internal static void WriteNoise(IAnsiConsole console, ThroughputReport report)
    {
        SpreadNote.Write(console, "the ratios", report.Rounds, report.MedianSpreadPercent);
        foreach (PointResult point in report.Points)
        {
            string[] wrong = [.. point.Methods.Where(method => !method.CopiedExactly).Select(method => method.Name)];
            if (!point.EveryCopyComplete || wrong.Length != 0)
                console.WriteLine($"FAILED at {point.Name}: not every byte was copied by {(wrong.Length == 0 ? "an engine" : string.Join(", ", wrong))}");
        }
    }

    private static Text Cell(PointResult point, string method) =>
        point.Methods.FirstOrDefault(result => result.Name == method) is not { } found ? new Text("")
        : new Text($"{Units.Number(found.MedianGibibytesPerSecond)} ({Units.Ratio(found.RatioToNativeMemoryCopy.Median)})");
}
