using CopyMc.Bench.Measurement;
using Spectre.Console;

namespace CopyMc.Bench.Output;

/// <summary>The quick table: a row for each point, the engine's ratio with its quartiles.</summary>
internal static class QuickText
{
    internal static void Write(IAnsiConsole console, ThroughputReport report)
    {
        console.WriteLine($"The engine ({CopyEngine.Shared.Kernel.Name}) and the C library's memcpy against {report.Baseline}.");
        ThroughputText.WriteConditions(console, report);
        Table table = Tables.New("copy", "GiB/s", "quartile", "ratio", "quartile", "C memcpy", report.Baseline);
        foreach (PointResult point in report.Points)
        {
            MethodResult engine = point.Methods[0];
            Quartiles ratio = engine.RatioToNativeMemoryCopy;
            MethodResult baseline = point.Method(report.Baseline);
            table.AddRow(
                new Text(point.Name),
                new Text(Units.Number(engine.MedianGibibytesPerSecond)),
                new Text(Units.Ratio(ratio.Lower)),
                new Text(Units.Ratio(ratio.Median), new Style(decoration: Decoration.Bold)),
                new Text(Units.Ratio(ratio.Upper)),
                new Text(Units.Ratio(point.Method(Contenders.LibraryCopy).RatioToNativeMemoryCopy.Median)),
                new Text($"{Units.Number(baseline.MedianGibibytesPerSecond)} GiB/s"));
        }
        console.Write(table);
        ThroughputText.WriteNoise(console, report);
    }
}
