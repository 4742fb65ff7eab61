using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CopyMc.Bench.Measuring;

/// <summary>How much the CPU's clock changed during a measurement: a loop of a fixed number of cycles, timed at its start and at its end.</summary>
/// <remarks>Each time is the shortest of many, which other load on the machine makes longer only if it never pauses.</remarks>
internal sealed class ClockDrift
{
    private const int Steps = 200_000, Repetitions = 20;

    private readonly double _atStart = LoopNanoseconds();

    /// <summary>How much longer the loop takes now than at the start, in percent.</summary>
    internal double Percent() => Percentage(_atStart, LoopNanoseconds());

    internal static double Percentage(double before, double after) => 100 * (after / before - 1);

    private static double LoopNanoseconds()
    {
        double best = double.MaxValue;
        for (int i = 0; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = Loop(Steps);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return best;
    }

    /// <summary>Each multiplication waits for the one before, so that it takes the same number of cycles however the loop is placed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Loop(int steps)
    {
        ulong value = (ulong)steps;
        for (int i = 0; i < steps; i++)
            value *= 0x9E3779B97F4A7C15;
        return value;
    }
}
