namespace CopyMc.Bench.Measurement;

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

    internal static MethodResult From(string name, long copyBytes, double[] nanoseconds, double[] baselineNanoseconds, bool copiedExactly)
    {
        Quartiles time = Quartiles.Of(nanoseconds);
        double[] ratios = new double[nanoseconds.Length];
        for (int round = 0; round < ratios.Length; round++)
            ratios[round] = baselineNanoseconds[round] / nanoseconds[round];
        return new MethodResult
        {
            Name = name,
            MedianGibibytesPerSecond = copyBytes / time.Median * 1e9 / (1L << 30),
            NanosecondsPerCopy = time,
            RatioToNativeMemoryCopy = Quartiles.Of(ratios),
            CopiedExactly = copiedExactly,
        };
    }
}
