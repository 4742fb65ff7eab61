using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Throughput.Quick;

/// <summary>The quick table: a row for each point, the engine's ratio with its quartiles.</summary>
internal static class QuickText
{
    internal static void Write(IAnsiConsole console, ThroughputReport report)
    {
        console.WriteLine($"The engine ({CopyEngine.Shared.Kernel.Name}), with the streaming hint where it says so, and the C library's memcpy against "
            + $"{report.Baseline}, the baseline. {ThroughputText.Conditions(report)}");
        Table table = Tables.New("copy", "engine", "baseline", "ratio", "half", "memcpy", "of raw").AddWords("best raw copy");
        foreach (PointResult point in report.Points)
        {
            MethodResult engine = point.Methods[0], baseline = point.Method(report.Baseline), library = point.Method(Contenders.LibraryCopy);
            Quartiles ratio = engine.RatioToNativeMemoryCopy;
            var bold = new Style(decoration: Decoration.Bold);
            table.AddRow(
                new Text(point.Name),
                new Text(Units.Number(engine.MedianGibibytesPerSecond)),
                new Text(Units.Number(baseline.MedianGibibytesPerSecond)),
                new Text(Units.Ratio(ratio.Median), bold),
                new Text($"{Units.Ratio(ratio.Lower)}-{Units.Ratio(ratio.Upper)}"),
                new Text(Units.Ratio(library.RatioToNativeMemoryCopy.Median)),
                new Text(point.Roofline is null ? "" : Units.Ratio(point.Roofline.Ratio.Median), bold),
                new Text(point.Roofline?.Name ?? ""));
        }
        console.Write(table);
        console.WriteLine("Engine and baseline in GiB/s (each byte counts once); ratio of the engine to the baseline, between which values the "
            + "middle half of the rounds lies, and memcpy's ratio to the baseline; ratio of the engine to the best copy at that size that checks "
            + "nothing and survives nothing, and which that is: one that writes around the cache only where the engine may.");
        if (Yardsticks.RawCopies.Count == 0)
            console.WriteLine("Without libyardsticks.so, which takes a C compiler to build, memcpy is the only such copy.");
        ThroughputText.WriteNoise(console, report);
    }
}
