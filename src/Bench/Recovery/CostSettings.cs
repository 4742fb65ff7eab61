namespace CopyMc.Bench.Recovery;

/// <summary>How much is measured.</summary>
/// <param name="Samples">Copies that meet poison, in each case and for each of its threads; a multiple of the rounds or more.</param>
/// <param name="Rounds">How often all cases take turns.</param>
internal sealed record CostSettings(int Samples, int Rounds)
{
    /// <summary>Ten beyond the 99.9th percentile.</summary>
    internal const int DefaultSamples = 10_000;

    internal const int MaxSamples = 10_000_000;

    private const int DefaultRounds = 50;

    internal int Batch => Math.Max(1, Samples / Rounds);

    internal static CostSettings Full(int? samples) => new(samples ?? DefaultSamples, Math.Min(DefaultRounds, samples ?? DefaultSamples));

    /// <summary>To see that everything runs: the figures mean nothing.</summary>
    internal static CostSettings Smoke(int? samples) => new(samples ?? 40, 2);
}
