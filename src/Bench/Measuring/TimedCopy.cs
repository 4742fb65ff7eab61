using System.Diagnostics;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Measuring;

/// <summary>One contender with one access pattern, timed in rounds with others. Its preparation is not timed.</summary>
internal sealed class TimedCopy(Contender contender, AccessPattern pattern, Action? before = null, Action? after = null)
{
    private ulong _next;
    private ulong _count;

    /// <summary>Bytes of one copy.</summary>
    internal nuint ByteCount => pattern.ByteCount;

    /// <summary>Times every entry once in each round and returns the nanoseconds of one copy, by entry and round.</summary>
    /// <param name="settings">How many rounds, and how long a batch is.</param>
    /// <param name="copies">The entries; each round starts with another one.</param>
    internal static double[][] Measure(MeasurementSettings settings, params ReadOnlySpan<TimedCopy> copies)
    {
        double[][] nanoseconds = new double[copies.Length][];
        for (int i = 0; i < copies.Length; i++)
        {
            nanoseconds[i] = new double[settings.Rounds];
            copies[i].Calibrate(settings.Batch);
        }
        for (int round = 0; round < settings.Rounds; round++)
        {
            for (int i = 0; i < copies.Length; i++)
            {
                int index = (i + round) % copies.Length;
                nanoseconds[index][round] = copies[index].Time();
            }
        }
        return nanoseconds;
    }

    /// <summary>The quartiles of a function of two times of the same round.</summary>
    internal static Quartiles Compare(double[] one, double[] other, Func<double, double, double> figure) =>
        Quartiles.Of([.. one.Zip(other, figure)]);

    /// <summary>By how many percent the first time is longer.</summary>
    internal static double PercentMore(double one, double other) => 100 * (one / other - 1);

    /// <summary>A batch covers a pattern of many slots at least once, so that each round touches the same memory.</summary>
    private void Calibrate(TimeSpan batch) =>
        _count = BatchSize.For(batch, pattern.SlotCount, count =>
        {
            _count = count;
            return Time();
        });

    private double Time()
    {
        before?.Invoke();
        // Untimed: the caches and the branch predictors have the previous entry's data.
        if (pattern.SlotCount == 1)
            _ = contender.CopyMany(pattern, 0, Math.Max(1, _count / 8));
        long start = Stopwatch.GetTimestamp();
        _ = contender.CopyMany(pattern, _next, _count);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        _next += _count;
        after?.Invoke();
        return elapsed / _count;
    }
}
