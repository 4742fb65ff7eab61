using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Recovery;

/// <summary>One distribution of times.</summary>
internal sealed record LatencySeries(string Name, int Color, IReadOnlyList<LatencyBucket> Buckets);
