namespace CopyMc.Bench.Measuring;

/// <summary>Brings every measured path to fully optimised code before anything is timed.</summary>
internal static class WarmUp
{
    /// <summary>Calls after which the runtime compiles a method anew.</summary>
    private const int CallsPerTier = 40;

    /// <summary>The runtime waits 100 ms without new methods before it starts to, in the background.</summary>
    private static readonly TimeSpan s_compileTime = TimeSpan.FromMilliseconds(250);

    /// <summary>A short and a long copy: the engine, like most, goes different ways for them. And one again and again, which is another loop.</summary>
    private static readonly MeasurementPoint[] s_points = [new("short", 64), new("long", 64 << 10), new("again", 64, Temperature.FirstLevel)];

    internal static void Run(BufferPair buffers, IReadOnlyList<Contender> contenders)
    {
        // First code, instrumented code, optimised code, and whatever of that was inlined too early.
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
