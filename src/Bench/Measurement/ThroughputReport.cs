namespace CopyMc.Bench.Measurement;

/// <summary>One interleaved run over several points.</summary>
internal sealed record ThroughputReport
{
    /// <summary>Above this, single figures say little.</summary>
    internal const double NoisySpread = 0.10;

    public required int Rounds { get; init; }
    public required double BatchMilliseconds { get; init; }
    public required string Baseline { get; init; }
    public required IReadOnlyList<PointResult> Points { get; init; }

    /// <summary>The middle one of all ratios' interquartile ranges, as a percentage of the ratio: how noisy the run was.</summary>
    public double MedianSpreadPercent => Points.Count == 0
        ? 0
        : 100 * Quartiles.Of([.. Points.SelectMany(point => point.Methods)
            .Where(method => method.Name != Baseline)
            .Select(method => method.RatioToNativeMemoryCopy.RelativeSpread)]).Median;

    /// <summary>Whether no copy left a byte behind.</summary>
    internal bool EveryCheckHeld => Points.All(point => point.EveryCopyComplete && point.Methods.All(method => method.CopiedExactly));
}
