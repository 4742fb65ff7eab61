using System.Diagnostics;
using CopyMc.Bench.Measurement;

namespace CopyMc.Bench.Limits;

/// <summary>One contender on one walk, as it is timed in turns with others; what must be so for its turn alone is not timed.</summary>
internal sealed class Turn(Contender contender, Walk walk, Action? before = null, Action? after = null)
{
    private ulong _next;
    private ulong _count;

    /// <summary>The contender's bytes in one copy.</summary>
    internal nuint ByteCount => walk.ByteCount;

    /// <summary>Times every turn in each round and returns the nanoseconds of one copy, by turn and round.</summary>
    /// <param name="settings">How many rounds, and how long a batch is.</param>
    /// <param name="turns">In each round another one is first.</param>
    internal static double[][] Measure(MeasurementSettings settings, params ReadOnlySpan<Turn> turns)
    {
        double[][] nanoseconds = new double[turns.Length][];
        for (int i = 0; i < turns.Length; i++)
        {
            nanoseconds[i] = new double[settings.Rounds];
            turns[i].Calibrate(settings.Batch);
        }
        for (int round = 0; round < settings.Rounds; round++)
        {
            for (int i = 0; i < turns.Length; i++)
            {
                int turn = (i + round) % turns.Length;
                nanoseconds[turn][round] = turns[turn].Time();
            }
        }
        return nanoseconds;
    }

    /// <summary>What a function of two times of the same round comes to.</summary>
    internal static Quartiles Compare(double[] one, double[] other, Func<double, double, double> figure) =>
        Quartiles.Of([.. one.Zip(other, figure)]);

    /// <summary>By how many percent more the first takes.</summary>
    internal static double PercentMore(double one, double other) => 100 * (one / other - 1);

    /// <summary>Of a walk of many slots a whole walk at least, so that each round goes over the same memory.</summary>
    private void Calibrate(TimeSpan batch) =>
        _count = BatchSize.For(batch, walk.SlotCount, count =>
        {
            _count = count;
            return Time();
        });

    private double Time()
    {
        before?.Invoke();
        // Untimed: whoever was before has had the cache and the branch predictors.
        if (walk.SlotCount == 1)
            _ = contender.CopyMany(walk, 0, Math.Max(1, _count / 8));
        long start = Stopwatch.GetTimestamp();
        _ = contender.CopyMany(walk, _next, _count);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        _next += _count;
        after?.Invoke();
        return elapsed / _count;
    }
}
