using System.Diagnostics;
using System.Globalization;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>A hundred thousand poison maps of a page: the time to make and dispose one, and to copy beside one.</summary>
internal static unsafe class ManyMaps
{
    private const int Count = 100_000, SmokeCount = 1_000;

    /// <summary>A second for all of them.</summary>
    private const double WantEach = 1e9 / Count;

    private const double WantMore = 100;

    internal static IEnumerable<Limit> Measure(CopyEngine engine, MeasurementSettings settings)
    {
        var maps = new PoisonMap[settings.PoolBytes < MeasurementSettings.DefaultPoolBytes ? SmokeCount : Count];
        double[] made = new double[settings.Rounds], disposed = new double[settings.Rounds];
        for (int round = 0; round < settings.Rounds; round++)
        {
            made[round] = Time(() => Make(maps));
            disposed[round] = Time(() => Dispose(maps));
        }
        string among = string.Create(CultureInfo.InvariantCulture, $"among {maps.Length:N0} maps");
        return
        [
            Limit.AtMost($"making a map {among}", LimitUnit.Nanoseconds, WantEach, Quartiles.Of(made)),
            Limit.AtMost($"disposing a map {among}", LimitUnit.Nanoseconds, WantEach, Quartiles.Of(disposed)),
            CopyAmong(engine, settings, maps, 64, $"64 B {among}, against one map"),
            CopyAmong(engine, settings, maps, 8 << 10, $"8 KiB {among}, against one map"),
        ];

        double Time(Action action)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(start).TotalNanoseconds / maps.Length;
        }
    }

    /// <summary>There is poison in the same page, so that every copy looks for the maps of its source.</summary>
    private static Limit CopyAmong(CopyEngine engine, MeasurementSettings settings, PoisonMap[] maps, nuint byteCount, string name)
    {
        using var source = new NativeRegion(2 * byteCount + NativeRegion.PageSize);
        using var destination = new NativeRegion(2 * byteCount + NativeRegion.PageSize);
        source.Poison.Mark(byteCount);
        var copy = new Contender<EngineCopy>("engine", new EngineCopy(engine));
        AccessPattern pattern = AccessPattern.Over(source, destination, byteCount, 0, AccessPattern.HalfAPage);
        double[][] times = TimedCopy.Measure(settings, new TimedCopy(copy, pattern, () => Make(maps), () => Dispose(maps)), new TimedCopy(copy, pattern));
        return Limit.AtMost(
            name, LimitUnit.Nanoseconds, WantMore, TimedCopy.Compare(times[0], times[1], (one, other) => one - other),
            string.Create(CultureInfo.InvariantCulture, $"beside a bad line: {Quartiles.Of(times[0]).Median:F1} ns, with one map {Quartiles.Of(times[1]).Median:F1} ns"));
    }

    /// <summary>Maps over every other page of memory that is not mapped, in scattered order.</summary>
    private static void Make(PoisonMap[] maps)
    {
        const long Start = 1L << 44, Step = 7919;
        for (int i = 0; i < maps.Length; i++)
        {
            long page = i * Step % maps.Length * 2;
            maps[i] = new PoisonMap((void*)(nuint)(Start + page * (long)NativeRegion.PageSize), NativeRegion.PageSize);
        }
    }

    private static void Dispose(PoisonMap[] maps)
    {
        foreach (PoisonMap map in maps)
            map.Dispose();
    }
}
