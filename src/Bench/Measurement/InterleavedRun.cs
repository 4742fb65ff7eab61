using System.Diagnostics;

namespace CopyMc.Bench.Measurement;

/// <summary>
/// Times several contenders at one point in turns, so that whatever else the machine does meets all of them alike.
/// </summary>
internal sealed class InterleavedRun(MeasurementSettings settings)
{
    private ulong _next;

    internal PointSamples Measure(
        MeasurementPoint point, BufferPair buffers, IReadOnlyList<Contender> contenders, string baseline, Action<double>? progress = null)
    {
        int baselineIndex = IndexOf(contenders, baseline);
        Walk walk = buffers.WalkFor(point);
        WarmMemory(contenders[baselineIndex], walk);
        bool complete = true;
        ulong[] counts = [.. contenders.Select(contender =>
            BatchSize.For(settings.Batch, least: 1, count => Time(contender, walk, point, count, ref complete)))];

        double[][] nanoseconds = [.. contenders.Select(_ => new double[settings.Rounds])];
        for (int round = 0; round < settings.Rounds; round++)
        {
            for (int turn = 0; turn < contenders.Count; turn++)
            {
                // Another one goes first each time, so that nobody always follows the same neighbour at the same moment.
                int i = (turn + round) % contenders.Count;
                nanoseconds[i][round] = Time(contenders[i], walk, point, counts[i], ref complete);
            }
            progress?.Invoke((round + 1.0) / settings.Rounds);
        }

        return new PointSamples
        {
            Point = point,
            WalkedBytesPerBuffer = Math.Min(point.WalkedBytes(buffers.ByteCount), buffers.ByteCount),
            EveryCopyComplete = complete,
            Methods =
            [
                .. contenders.Select((contender, i) => new MethodSamples(contender.Name, nanoseconds[i], buffers.CopiesExactly(contender, point))),
            ],
        };
    }

    /// <summary>
    /// Walks until it gets no faster: memory that was not touched for seconds is slow for more than a walk on a virtual machine whose host
    /// or kernel watches what is in use.
    /// </summary>
    private static void WarmMemory(Contender contender, in Walk walk)
    {
        const int MaxWalks = 20;
        const double NoFaster = 0.9;
        double best = double.MaxValue;
        for (int i = 0; i < MaxWalks; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = contender.CopyMany(walk, 0, walk.SlotCount);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            if (i >= 2 && elapsed > best * NoFaster)
                return;
            best = Math.Min(best, elapsed);
        }
    }

    /// <summary>Nanoseconds per copy of one batch.</summary>
    private double Time(Contender contender, in Walk walk, MeasurementPoint point, ulong count, ref bool complete)
    {
        // A batch that is not cold starts with one walk that is not timed: the contender before it may have written around the cache.
        if (point.Temperature != Temperature.Cold)
            _ = contender.CopyMany(walk, _next, walk.SlotCount);
        long start = Stopwatch.GetTimestamp();
        nuint remaining = contender.CopyMany(walk, _next, count);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        complete &= remaining == 0;
        _next += count;
        return elapsed / count;
    }

    private static int IndexOf(IReadOnlyList<Contender> contenders, string name)
    {
        for (int i = 0; i < contenders.Count; i++)
        {
            if (contenders[i].Name == name)
                return i;
        }
        throw new ArgumentException($"'{name}' does not take part.", nameof(name));
    }
}
