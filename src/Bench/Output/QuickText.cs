using CopyMc.Bench.Measurement;
using Spectre.Console;

namespace CopyMc.Bench.Output;

/// <summary>The quick table: a row for each point, the engine's ratio with its quartiles.</summary>
internal static class QuickText
{
    internal static void Write(IAnsiConsole console, ThroughputReport report)
    {
        console.WriteLine($"The engine ({CopyEngine.Shared.Kernel.Name}), with the streaming hint where it says so, and the C library's memcpy against "
            + $"{report.Baseline}, the baseline. {ThroughputText.Conditions(report)}");
        Table table = Tables.New("copy", "engine", "baseline", "ratio", "middle half", "memcpy");
        foreach (PointResult point in report.Points)
        {
            MethodResult engine = point.Methods[0], baseline = point.Method(report.Baseline), library = point.Method(Contenders.LibraryCopy);
            Quartiles ratio = engine.RatioToNativeMemoryCopy;
            table.AddRow(
                new Text(point.Name),
                new Text(Units.Number(engine.MedianGibibytesPerSecond)),
                new Text(Units.Number(baseline.MedianGibibytesPerSecond)),
                new Text(Units.Ratio(ratio.Median), new Style(decoration: Decoration.Bold)),
                new Text($"{Units.Ratio(ratio.Lower)}-{Units.Ratio(ratio.Upper)}"),
                new Text(Units.Ratio(library.RatioToNativeMemoryCopy.Median)));
        }
        console.Write(table);
        console.WriteLine("Engine and baseline in GiB/s (each byte counts once); ratio of the engine to the baseline, between which values the "
            + "middle half of the rounds lies, and memcpy's ratio to the baseline.");
        ThroughputText.WriteNoise(console, report);
    }
}
