using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Throughput;

/// <summary>What one contender did at one point.</summary>
internal sealed record MethodResult
{
    public required string Name { get; init; }

    /// <summary>Bytes copied, counted once, over the median time.</summary>
    public required double MedianGibibytesPerSecond { get; init; }

    public required Quartiles NanosecondsPerCopy { get; init; }

    /// <summary>Throughput over the baseline's throughput, taken within each round.</summary>
    public required Quartiles RatioToNativeMemoryCopy { get; init; }

    /// <summary>Whether a copy after the timing moved every byte.</summary>
    public required bool CopiedExactly { get; init; }

    /// <summary>The median in each of the processes that measured it; null where one did.</summary>
    public IReadOnlyList<double>? ProcessNanosecondsPerCopy { get; init; }

    /// <param name="name">Of the method.</param>
    /// <param name="copyBytes">Bytes of one copy.</param>
    /// <param name="nanoseconds">Of one copy, by round.</param>
    /// <param name="baselineNanoseconds">Of the baseline, in the same rounds.</param>
    /// <param name="copiedExactly">Whether it copies.</param>
    internal static MethodResult From(string name, long copyBytes, double[] nanoseconds, double[] baselineNanoseconds, bool copiedExactly)
    {
        Quartiles time = Quartiles.Of(nanoseconds);
        return new MethodResult
        {
            Name = name,
            MedianGibibytesPerSecond = copyBytes / time.Median * 1e9 / (1L << 30),
            NanosecondsPerCopy = time,
            RatioToNativeMemoryCopy = Quartiles.Of([.. baselineNanoseconds.Zip(nanoseconds, (baseline, own) => baseline / own)]),
            CopiedExactly = copiedExactly,
        };
    }
}
