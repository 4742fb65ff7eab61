using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Throughput;

/// <summary>One interleaved run over several points.</summary>
/// <param name="Rounds">Rounds of all processes together.</param>
/// <param name="BatchMilliseconds">The length of one timing.</param>
/// <param name="Baseline">The method that the others are compared with.</param>
/// <param name="Points">The points.</param>
internal sealed record ThroughputReport(int Rounds, double BatchMilliseconds, string Baseline, IReadOnlyList<PointResult> Points)
{
    /// <summary>Above this spread, single figures say little.</summary>
    internal const double NoisySpread = 0.10;

    /// <summary>How many processes measured, one after the other.</summary>
    public int Processes => Points[0].Methods[0].ProcessNanosecondsPerCopy?.Count ?? 1;

    /// <summary>The median of the interquartile ranges of all ratios, as a percentage of the ratio: how noisy the run was.</summary>
    public double MedianSpreadPercent => 100 * Quartiles.Of(
        [.. Points.SelectMany(point => point.Methods).Where(method => method.Name != Baseline).Select(method => method.RatioToNativeMemoryCopy.RelativeSpread)]).Median;

    /// <summary>Whether every copy was complete.</summary>
    internal bool EveryCheckHeld => Points.All(point => point.EveryCopyComplete && point.Methods.All(method => method.CopiedExactly));

    /// <param name="settings">Of each process.</param>
    /// <param name="processes">The samples of each process, at the same points.</param>
    internal static ThroughputReport Of(MeasurementSettings settings, IReadOnlyList<PointSamples[]> processes) => new(
        settings.Rounds * processes.Count, settings.Batch.TotalMilliseconds, Contenders.Baseline,
        [.. processes[0].Select((_, i) => PointResult.Of([.. processes.Select(process => process[i])], Contenders.Baseline))]);
}
