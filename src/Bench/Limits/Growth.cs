using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Limits;

/// <summary>The time per byte, cold, as copies grow from 2 MiB: every round copies all of the memory in copies of each length.</summary>
internal static class Growth
{
    private const long Least = 2 << 20, Most = 4L << 30;

    internal static Limit Measure(CopyEngine engine, MeasurementSettings settings, long availableBytes)
    {
        long largest = settings.PoolBytes < MeasurementSettings.DefaultPoolBytes ? settings.PoolBytes : Most;
        // Two buffers, and some memory left for the other processes.
        while (largest > Least && largest * 5 / 2 > availableBytes)
            largest /= 2;

        using var buffers = new BufferPair(largest, PageKind.TransparentHuge);
        var copy = new Contender<EngineCopy>("engine", new EngineCopy(engine));
        long[] sizes = [.. new[] { Least, 64L << 20, 1L << 30, largest }.Where(size => size <= largest).Distinct()];
        double[][] times = TimedCopy.Measure(settings, [.. sizes.Select(size =>
            new TimedCopy(copy, buffers.PatternFor(new MeasurementPoint("", size, Temperature.Cold))))]);

        (long worst, Quartiles seen) = Enumerable.Range(1, sizes.Length - 1)
            .Select(i => (sizes[i], TimedCopy.Compare(times[i], times[0], (one, first) => one / sizes[i] / (first / sizes[0]))))
            .MaxBy(one => one.Item2.Median);
        return Limit.AtMost(
            $"time per byte, cold, up to {Units.Bytes(largest)} against 2 MiB", LimitUnit.Ratio, 1.1, seen,
            $"worst of {string.Join(", ", sizes[1..].Select(size => Units.Bytes(size)))}: {Units.Bytes(worst)}; THP");
    }
}
