namespace CopyMc.Bench.Measuring;

/// <summary>Runs the measured code until the runtime has optimized it.</summary>
internal static class WarmUp
{
    /// <summary>Calls after which the runtime recompiles a method.</summary>
    private const int CallsPerTier = 40;

    /// <summary>The runtime recompiles in the background, after 100 ms without new methods.</summary>
    private static readonly TimeSpan s_compileTime = TimeSpan.FromMilliseconds(250);

    /// <summary>A short and a long copy, for which methods have different code, and a repeated copy and a mixture, which have other loops.</summary>
    private static readonly MeasurementPoint[] s_points =
    [
        new("short", 64), new("long", 64 << 10), new("again", 64, Temperature.FirstLevel), new("mixture", 64, Mixture: SizeMixture.To128),
    ];

    internal static void Run(BufferPair buffers, IReadOnlyList<Contender> contenders)
    {
        // Unoptimized code, instrumented code, optimized code, and code that was inlined too early.
        for (int tier = 0; tier < 4; tier++)
        {
            foreach (Contender contender in contenders)
            {
                foreach (MeasurementPoint point in s_points)
                {
                    AccessPattern pattern = buffers.PatternFor(point);
                    for (int call = 0; call < CallsPerTier; call++)
                        _ = contender.CopyMany(pattern, 0, 4);
                }
            }
            Thread.Sleep(s_compileTime);
        }
    }
}
