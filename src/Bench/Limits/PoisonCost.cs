using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>Poison at the first byte: latent, against the cheapest possible fault, and known.</summary>
internal static unsafe class PoisonCost
{
    private const double WantRecovery = 0.85, WantKnown = 60;

    internal static IEnumerable<Limit> Measure(CopyEngine engine, MeasurementSettings settings) =>
        [Latent(engine, settings, 4 << 10, "4 KiB"), Latent(engine, settings, 2 << 20, "2 MiB"), Known(engine, settings)];

    private static Limit Latent(CopyEngine engine, MeasurementSettings settings, nuint byteCount, string size)
    {
        string name = $"recovery against the cheapest fault, {size}";
        LatentPoison latent = LatentPoison.For(engine);
        string? skipped = latent.Free is null ? latent.SkippedReason ?? "every source of latent poison changes the machine"
            : Yardsticks.IsAvailable ? null : "libyardsticks.so was not built, which needs a C compiler";
        if (skipped is not null)
            return Limit.Skipped(name, LimitUnit.Ratio, LimitBound.AtMost, WantRecovery, skipped);

        using var source = new NativeRegion(byteCount, new NativeRegionOptions { Backing = RegionBacking.Memfd });
        using var destination = new NativeRegion(byteCount);
        PoisonInjector.Inject(source, 0, latent.Free!.Value);
        var recovering = new Contender<RecoveringCopy>("engine", new RecoveringCopy(engine, source.Poison));
        var floor = new Contender<FloorFault>("floor", default);
        double[][] times = TimedCopy.Measure(
            settings,
            new TimedCopy(recovering, AccessPattern.Over(source, destination, byteCount)),
            new TimedCopy(floor, AccessPattern.Over(source, destination, byteCount), () => _ = Yardsticks.FloorBegin(), Yardsticks.FloorEnd));
        return Limit.AtMost(
            name, LimitUnit.Ratio, WantRecovery, TimedCopy.Compare(times[0], times[1], (one, least) => one / least),
            $"{latent.Free}; the floor takes {Quartiles.Of(times[1]).Median / 1e3:F1} us");
    }

    private static Limit Known(CopyEngine engine, MeasurementSettings settings)
    {
        using var source = new NativeRegion(NativeRegion.HugePageSize);
        using var destination = new NativeRegion(NativeRegion.HugePageSize);
        source.Poison.Mark(0);
        var copy = new Contender<EngineCopy>("engine", new EngineCopy(engine));
        double[][] times = TimedCopy.Measure(settings, new TimedCopy(copy, AccessPattern.Over(source, destination, source.Length)));
        return Limit.AtMost("known poison in the first line of 2 MiB", LimitUnit.Nanoseconds, WantKnown, Quartiles.Of(times[0]));
    }

    /// <summary>A copy whose first byte raises a signal. It then clears the map, so that the next copy raises one too.</summary>
    private readonly struct RecoveringCopy(CopyEngine engine, PoisonMap map) : ICopyMethod
    {
        public nuint Copy(byte* source, byte* destination, nuint byteCount)
        {
            nuint remaining = engine.Copy(source, destination, byteCount);
            map.Clear(0, NativeRegion.PageSize);
            return remaining;
        }
    }
}
