using HdrHistogram;

namespace CopyMc.Bench.Statistics;

/// <summary>One bar of a histogram with bars of equal width on a logarithmic axis.</summary>
/// <param name="FromNanoseconds">The shortest time of the bar.</param>
/// <param name="ToNanoseconds">The shortest time of the next bar.</param>
/// <param name="Count">The number of samples.</param>
internal readonly record struct LatencyBucket(double FromNanoseconds, double ToNanoseconds, long Count)
{
    private const int BucketsPerDecade = 20;

    /// <summary>The bars that are not empty, in ascending order.</summary>
    internal static IReadOnlyList<LatencyBucket> Of(HistogramBase histogram) =>
    [
        .. histogram.RecordedValues()
            // Copied at once, because the iterator returns the same object each time.
            .Select(value => (Bucket: (int)Math.Floor(Math.Log10(value.ValueIteratedTo) * BucketsPerDecade), Count: value.CountAtValueIteratedTo))
            .GroupBy(value => value.Bucket)
            .OrderBy(group => group.Key)
            .Select(group => new LatencyBucket(Edge(group.Key), Edge(group.Key + 1), group.Sum(value => value.Count))),
    ];

    private static double Edge(int bucket) => Math.Pow(10, (double)bucket / BucketsPerDecade);
}
