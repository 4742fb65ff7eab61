using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Throughput;

/// <summary>One interleaved run over several points.</summary>
internal sealed record ThroughputReport
{
    /// <summary>Above this, single figures say little.</summary>
    internal const double NoisySpread = 0.10;

    /// <summary>Of all processes together.</summary>
    public required int Rounds { get; init; }
    public required double BatchMilliseconds { get; init; }
    public required string Baseline { get; init; }
    public required IReadOnlyList<PointResult> Points { get; init; }

    /// <summary>That measured, one after the other.</summary>
    public int Processes => Points.Count == 0 ? 1 : Points[0].Methods[0].ProcessNanosecondsPerCopy?.Count ?? 1;

    /// <summary>The middle one of all ratios' interquartile ranges, as a percentage of the ratio: how noisy the run was.</summary>
    public double MedianSpreadPercent => Points.Count == 0
        ? 0
        : 100 * Quartiles.Of([.. Points.SelectMany(point => point.Methods)
            .Where(method => method.Name != Baseline)
            .Select(method => method.RatioToNativeMemoryCopy.RelativeSpread)]).Median;

    /// <summary>Whether no copy left a byte behind.</summary>
    internal bool EveryCheckHeld => Points.All(point => point.EveryCopyComplete && point.Methods.All(method => method.CopiedExactly));

    /// <param name="settings">Of each process.</param>
    /// <param name="processes">The same points in each.</param>
    internal static ThroughputReport Of(MeasurementSettings settings, IReadOnlyList<PointSamples[]> processes) => new()
    {
        Rounds = settings.Rounds * processes.Count,
        BatchMilliseconds = settings.Batch.TotalMilliseconds,
        Baseline = Contenders.Baseline,
        Points = [.. processes[0].Select((_, i) => PointResult.Of([.. processes.Select(process => process[i])], Contenders.Baseline))],
    };
}
