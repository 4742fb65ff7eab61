using System.Diagnostics;

namespace CopyMc.Bench.Measuring;

/// <summary>Times several contenders at one point in turns, so that other load on the machine affects all of them alike.</summary>
internal sealed unsafe class InterleavedRun(MeasurementSettings settings)
{
    private ulong _next;

    internal PointSamples Measure(
        MeasurementPoint point, BufferPair buffers, IReadOnlyList<Contender> contenders, string baseline, Action<double>? progress = null)
    {
        AccessPattern pattern = buffers.PatternFor(point);
        WarmMemory(contenders.First(contender => contender.Name == baseline), pattern);
        bool complete = true;
        // Every batch makes all copies of a mixture equally often.
        ulong whole = pattern.Mixed == null ? 1 : pattern.SlotCount;
        ulong[] counts = [.. contenders.Select(contender =>
            BatchSize.For(settings.Batch, whole, count => Time(contender, pattern, point, count, ref complete)) / whole * whole)];

        double[][] nanoseconds = [.. contenders.Select(_ => new double[settings.Rounds])];
        for (int round = 0; round < settings.Rounds; round++)
        {
            for (int entry = 0; entry < contenders.Count; entry++)
            {
                // Each round starts with another contender, so that none always follows the same one.
                int i = (entry + round) % contenders.Count;
                nanoseconds[i][round] = Time(contenders[i], pattern, point, counts[i], ref complete);
            }
            progress?.Invoke((round + 1.0) / settings.Rounds);
        }

        return new PointSamples(
            point, Math.Min(point.WorkingSetBytes(buffers.ByteCount), buffers.ByteCount), complete,
            [.. contenders.Select((contender, i) => new MethodSamples(contender.Name, nanoseconds[i], buffers.CopiesExactly(contender, point)))]);
    }

    /// <summary>
    /// Passes over the memory until it gets no faster: memory that was not touched for seconds is slow for more than one pass on a virtual machine whose
    /// host or kernel tracks which memory is in use.
    /// </summary>
    private static void WarmMemory(Contender contender, in AccessPattern pattern)
    {
        const int MaxPasses = 20;
        const double NoFaster = 0.9;
        double best = double.MaxValue;
        for (int i = 0; i < MaxPasses; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = contender.CopyMany(pattern, 0, pattern.SlotCount);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            if (i >= 2 && elapsed > best * NoFaster)
                return;
            best = Math.Min(best, elapsed);
        }
    }

    /// <summary>Nanoseconds per copy of one batch.</summary>
    private double Time(Contender contender, in AccessPattern pattern, MeasurementPoint point, ulong count, ref bool complete)
    {
        // A hot batch starts with an untimed pass, because the previous contender may have written around the cache.
        if (point.Temperature != Temperature.Cold)
            _ = contender.CopyMany(pattern, _next, pattern.SlotCount);
        long start = Stopwatch.GetTimestamp();
        nuint remaining = contender.CopyMany(pattern, _next, count);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        complete &= remaining == 0;
        _next += count;
        return elapsed / count;
    }
}
