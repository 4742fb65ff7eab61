using HdrHistogram;

namespace CopyMc.Bench.Statistics;

/// <summary>One bar of a histogram with bars of equal width on a logarithmic axis.</summary>
/// <param name="FromNanoseconds">The shortest time that counts here.</param>
/// <param name="ToNanoseconds">The first that does not.</param>
/// <param name="Count">How many there were.</param>
internal readonly record struct LatencyBucket(double FromNanoseconds, double ToNanoseconds, long Count)
{
    private const int BucketsPerDecade = 20;

    /// <summary>Only the buckets that hold something, in ascending order.</summary>
    internal static IReadOnlyList<LatencyBucket> Of(HistogramBase histogram) =>
    [
        .. histogram.RecordedValues()
            // At once: the iterator hands out the same object again and again.
            .Select(value => (Bucket: (int)Math.Floor(Math.Log10(value.ValueIteratedTo) * BucketsPerDecade), Count: value.CountAtValueIteratedTo))
            .GroupBy(value => value.Bucket)
            .OrderBy(group => group.Key)
            .Select(group => new LatencyBucket(Edge(group.Key), Edge(group.Key + 1), group.Sum(value => value.Count))),
    ];

    private static double Edge(int bucket) => Math.Pow(10, (double)bucket / BucketsPerDecade);
}
