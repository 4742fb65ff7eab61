using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>What the check for poison costs a clean copy: the engine against the same kernel called directly, and with poison elsewhere in the same map.</summary>
internal static unsafe class CheckCost
{
    private const nuint Short = 64, Long = 2 << 20;
    private const double WantShort = 1.2;

    /// <summary>The distance at which entries of the page filter repeat: in a map of 256 MiB every page has an entry of its own.</summary>
    private const nuint RegionLength = 256 << 20;

    internal static IEnumerable<Limit> Measure(CopyEngine engine, MeasurementSettings settings)
    {
        const string LongName = "checks at 2 MiB, against the bare kernel", ShortName = "checks at 64 B, against the bare kernel";
        using var source = new NativeRegion(RegionLength, new NativeRegionOptions { Populate = false });
        using var destination = new NativeRegion(Long);
        source.Span[..(int)Long].Fill(1);
        var checkedCopy = new Contender<EngineCopy>("engine", new EngineCopy(engine));
        var limits = new List<Limit>();

        if (BareKernel.Find(engine.Kernel) is { } kernel)
        {
            var bare = new Contender<BareKernel>("bare kernel", kernel);
            double[][] longTimes = TimedCopy.Measure(settings, new TimedCopy(checkedCopy, AccessPattern.Over(source, destination, Long)), new TimedCopy(bare, AccessPattern.Over(source, destination, Long)));
            limits.Add(Limit.AtMost(LongName, LimitUnit.Percent, 1, TimedCopy.Compare(longTimes[0], longTimes[1], TimedCopy.PercentMore)));
            double[][] shortTimes = TimedCopy.Measure(settings, new TimedCopy(checkedCopy, AccessPattern.Over(source, destination, Short, 0, AccessPattern.HalfAPage)), new TimedCopy(bare, AccessPattern.Over(source, destination, Short, 0, AccessPattern.HalfAPage)));
            limits.Add(Limit.AtMost(
                ShortName, LimitUnit.Nanoseconds, WantShort, TimedCopy.Compare(shortTimes[0], shortTimes[1], (one, other) => one - other),
                $"engine {Quartiles.Of(shortTimes[0]).Median:F2} ns, bare kernel {Quartiles.Of(shortTimes[1]).Median:F2} ns"));
        }
        else
        {
            string reason = $"the kernel {engine.Kernel.Name} is managed, and cannot be called without the engine";
            limits.Add(Limit.Skipped(LongName, LimitUnit.Percent, LimitBound.AtMost, 1, reason));
            limits.Add(Limit.Skipped(ShortName, LimitUnit.Nanoseconds, LimitBound.AtMost, WantShort, reason));
        }

        nuint elsewhere = source.Length / 2;
        double[][] times = TimedCopy.Measure(
            settings,
            new TimedCopy(checkedCopy, AccessPattern.Over(source, destination, Short, 0, AccessPattern.HalfAPage), () => source.Poison.Mark(elsewhere), () => source.Poison.Clear(elsewhere, 1)),
            new TimedCopy(checkedCopy, AccessPattern.Over(source, destination, Short, 0, AccessPattern.HalfAPage)));
        limits.Add(Limit.AtMost(
            "poison elsewhere in the map, 64 B", LimitUnit.Nanoseconds, 1, TimedCopy.Compare(times[0], times[1], (one, other) => one - other)));
        return limits;
    }
}
