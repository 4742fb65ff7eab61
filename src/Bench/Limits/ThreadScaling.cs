using System.Diagnostics;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>Two threads that repeatedly copy 2 MiB each, against one.</summary>
internal static class ThreadScaling
{
    private const string Name = "two threads against one, 2 MiB hot";
    private const double Want = 1.8;

    internal static Limit Measure(CopyEngine engine, MeasurementSettings settings)
    {
        if (Environment.ProcessorCount < 2)
            return Limit.Skipped(Name, LimitUnit.Ratio, LimitBound.AtLeast, Want, "there is one processor");
        using var mine = new BufferPair(2 << 20, PageKind.Small);
        using var theirs = new BufferPair(2 << 20, PageKind.Small);
        var point = new MeasurementPoint("2 MiB", 2 << 20);
        var copy = new Contender<EngineCopy>("engine", new EngineCopy(engine));
        AccessPattern myPattern = mine.PatternFor(point), theirPattern = theirs.PatternFor(point);
        ulong count = CopiesInABatch(copy, myPattern, settings.Batch);

        // The threads wait by spinning: waking a thread would take longer than the batches may differ.
        int order = 0, done = 0;
        bool over = false;
        var other = new Thread(() =>
        {
            for (int round = 1; ; round++)
            {
                while (Volatile.Read(ref order) < round)
                    Thread.SpinWait(1);
                if (Volatile.Read(ref over))
                    return;
                _ = copy.CopyMany(theirPattern, 0, count);
                Volatile.Write(ref done, round);
            }
        });
        other.Start();

        double Together()
        {
            long start = Stopwatch.GetTimestamp();
            int round = Interlocked.Increment(ref order);
            _ = copy.CopyMany(myPattern, 0, count);
            while (Volatile.Read(ref done) < round)
                Thread.SpinWait(1);
            return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }

        double Alone()
        {
            long start = Stopwatch.GetTimestamp();
            _ = copy.CopyMany(myPattern, 0, count);
            return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }

        double[] speedup = new double[settings.Rounds];
        _ = Together();
        for (int round = 0; round < settings.Rounds; round++)
        {
            // Together they do twice the work. One thread runs alone before and after.
            double before = Alone(), together = Together(), after = Alone();
            speedup[round] = (before + after) / together;
        }
        Volatile.Write(ref over, true);
        Interlocked.Increment(ref order);
        other.Join();
        return Limit.AtLeast(Name, LimitUnit.Ratio, Want, Quartiles.Of(speedup));
    }

    private static ulong CopiesInABatch(Contender copy, AccessPattern pattern, TimeSpan batch)
    {
        const ulong Sample = 20;
        _ = copy.CopyMany(pattern, 0, Sample);
        long start = Stopwatch.GetTimestamp();
        _ = copy.CopyMany(pattern, 0, Sample);
        return Math.Max(1, (ulong)(batch / Stopwatch.GetElapsedTime(start) * Sample));
    }
}
