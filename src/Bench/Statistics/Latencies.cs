using HdrHistogram;

namespace CopyMc.Bench.Statistics;

/// <summary>A distribution of times, in nanoseconds, to three digits.</summary>
internal readonly record struct Latencies(double P50, double P90, double P99, double P999, double Max)
{
    /// <summary>Longer than this is the machine standing still.</summary>
    private const long LongestNanoseconds = 10_000_000_000;

    private const int Digits = 3;

    internal static LongHistogram NewHistogram() => new(LongestNanoseconds, Digits);

    /// <summary>Adds a time; what cannot be, because something longer was taken off, counts as the shortest there is.</summary>
    internal static void Record(LongHistogram histogram, double nanoseconds) =>
        histogram.RecordValue(Math.Clamp((long)Math.Round(nanoseconds), 1, LongestNanoseconds));

    internal static Latencies Of(HistogramBase histogram) => new(
        histogram.GetValueAtPercentile(50), histogram.GetValueAtPercentile(90), histogram.GetValueAtPercentile(99),
        histogram.GetValueAtPercentile(99.9), histogram.GetMaxValue());
}
