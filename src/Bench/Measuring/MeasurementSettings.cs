namespace CopyMc.Bench.Measuring;

/// <summary>How long and over how much memory a run measures.</summary>
/// <param name="Rounds">How often every contender is timed at every point.</param>
/// <param name="Batch">The approximate length of one timing.</param>
/// <param name="PoolBytes">Bytes of each of the two buffers of a cold pattern; a power of two.</param>
internal sealed record MeasurementSettings(int Rounds, TimeSpan Batch, long PoolBytes)
{
    internal const long DefaultPoolBytes = 512L << 20;

    /// <summary>The longest copy.</summary>
    internal const long SmallestPoolBytes = 64L << 20;

    /// <summary>Only shows that everything runs: the figures mean nothing.</summary>
    internal static MeasurementSettings Smoke(int rounds) => new(rounds, TimeSpan.FromMicroseconds(50), SmallestPoolBytes);

    /// <summary>A real measurement, with a smaller pool where the machine has little memory.</summary>
    internal static MeasurementSettings Full(int rounds, long availableBytes)
    {
        long pool = DefaultPoolBytes;
        // Two buffers, and as much again left for the other processes.
        while (pool > SmallestPoolBytes && pool * 4 > availableBytes)
            pool /= 2;
        return new(rounds, TimeSpan.FromMilliseconds(4), pool);
    }
}
