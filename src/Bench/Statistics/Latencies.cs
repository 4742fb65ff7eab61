using HdrHistogram;

namespace CopyMc.Bench.Statistics;

/// <summary>A distribution of times, in nanoseconds, to three digits.</summary>
internal readonly record struct Latencies(double P50, double P90, double P99, double P999, double Max)
{
    /// <summary>A longer time means that the machine stood still.</summary>
    private const long LongestNanoseconds = 10_000_000_000;

    private const int Digits = 3;

    /// <summary>The percentile of a name: <c>p50</c>, <c>p90</c>, <c>p99</c>, <c>p99.9</c>, <c>max</c>.</summary>
    internal double this[string percentile] => percentile switch { "p50" => P50, "p90" => P90, "p99" => P99, "p99.9" => P999, _ => Max };

    internal static LongHistogram NewHistogram() => new(LongestNanoseconds, Digits);

    /// <summary>Adds a time. A time that is not positive, because a longer one was subtracted, counts as 1 ns.</summary>
    internal static void Record(LongHistogram histogram, double nanoseconds) =>
        histogram.RecordValue(Math.Clamp((long)Math.Round(nanoseconds), 1, LongestNanoseconds));

    internal static Latencies Of(HistogramBase histogram) => new(
        histogram.GetValueAtPercentile(50), histogram.GetValueAtPercentile(90), histogram.GetValueAtPercentile(99),
        histogram.GetValueAtPercentile(99.9), histogram.GetMaxValue());
}
