using CopyMc.Bench.RecoveryCost;

namespace CopyMc.Bench.Plots;

/// <summary>One distribution of times.</summary>
internal sealed record LatencySeries(string Name, int Color, IReadOnlyList<LatencyBucket> Buckets);
