using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Throughput;

/// <summary>The result of one method at one measurement point.</summary>
/// <param name="Name">The contender.</param>
/// <param name="MedianGibibytesPerSecond">Bytes copied, counted once, divided by the median time.</param>
/// <param name="NanosecondsPerCopy">The time of a copy.</param>
/// <param name="RatioToNativeMemoryCopy">Throughput divided by the baseline's throughput of the same round.</param>
/// <param name="CopiedExactly">Whether a copy after the timing moved every byte.</param>
/// <param name="ProcessNanosecondsPerCopy">The median of each process, where several processes measured; otherwise null.</param>
internal sealed record MethodResult(
    string Name, double MedianGibibytesPerSecond, Quartiles NanosecondsPerCopy, Quartiles RatioToNativeMemoryCopy, bool CopiedExactly,
    IReadOnlyList<double>? ProcessNanosecondsPerCopy = null)
{
    /// <param name="name">The contender.</param>
    /// <param name="copyBytes">Bytes of one copy.</param>
    /// <param name="nanoseconds">The time of a copy, by round.</param>
    /// <param name="baselineNanoseconds">The baseline's, in the same rounds.</param>
    /// <param name="copiedExactly">Whether it copies every byte.</param>
    internal static MethodResult From(string name, long copyBytes, double[] nanoseconds, double[] baselineNanoseconds, bool copiedExactly)
    {
        Quartiles time = Quartiles.Of(nanoseconds);
        Quartiles ratio = Quartiles.Of([.. baselineNanoseconds.Zip(nanoseconds, (baseline, own) => baseline / own)]);
        return new MethodResult(name, copyBytes / time.Median * 1e9 / (1L << 30), time, ratio, copiedExactly);
    }
}
