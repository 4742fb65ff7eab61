using CopyMc.Bench.Measurement;

namespace CopyMc.Bench.Limits;

/// <summary>What looking for poison costs a clean copy: the engine against the same kernel called directly, and with poison elsewhere in the same map.</summary>
internal static unsafe class CheckCost
{
    private const nuint Short = 64, Long = 2 << 20;

    /// <summary>As far away as a page number's filter entry repeats, and no farther: in a map of 256 MiB every page has an entry of its own.</summary>
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
            double[][] longTimes = Turn.Measure(settings, new Turn(checkedCopy, Walk.Over(source, destination, Long)), new Turn(bare, Walk.Over(source, destination, Long)));
            limits.Add(Limit.AtMost(LongName, LimitUnit.Percent, 1, Turn.Compare(longTimes[0], longTimes[1], Turn.PercentMore)));
            double[][] shortTimes = Turn.Measure(settings, new Turn(checkedCopy, Walk.Over(source, destination, Short, 0, Walk.HalfAPage)), new Turn(bare, Walk.Over(source, destination, Short, 0, Walk.HalfAPage)));
            limits.Add(Limit.AtMost(
                ShortName, LimitUnit.Nanoseconds, 2, Turn.Compare(shortTimes[0], shortTimes[1], (one, other) => one - other),
                $"{Quartiles.Of(shortTimes[0]).Median:F2} ns, bare {Quartiles.Of(shortTimes[1]).Median:F2} ns"));
        }
        else
        {
            string reason = $"the kernel {engine.Kernel.Name} is managed, and cannot be called without the engine";
            limits.Add(Limit.Skipped(LongName, LimitUnit.Percent, LimitBound.AtMost, 1, reason));
            limits.Add(Limit.Skipped(ShortName, LimitUnit.Nanoseconds, LimitBound.AtMost, 2, reason));
        }

        nuint elsewhere = source.Length / 2;
        double[][] times = Turn.Measure(
            settings,
            new Turn(checkedCopy, Walk.Over(source, destination, Short, 0, Walk.HalfAPage), () => source.Poison.Mark(elsewhere), () => source.Poison.Clear(elsewhere, 1)),
            new Turn(checkedCopy, Walk.Over(source, destination, Short, 0, Walk.HalfAPage)));
        limits.Add(Limit.AtMost(
            "poison elsewhere in the map, 64 B", LimitUnit.Nanoseconds, 1, Turn.Compare(times[0], times[1], (one, other) => one - other)));
        return limits;
    }
}
