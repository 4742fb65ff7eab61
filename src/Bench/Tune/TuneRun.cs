using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tune;

/// <summary>Times every way at the sizes that matter to each choice.</summary>
internal sealed class TuneRun(MeasurementSettings settings, long availableBytes, IProgress<PhaseProgress> progress)
{
    private const long KiB = 1 << 10, MiB = 1 << 20;

    private static readonly long[] s_firstLevel = [KiB, 2 * KiB, 4 * KiB, 8 * KiB, 16 * KiB];
    private static readonly long[] s_warm = [2 * KiB, 4 * KiB, 8 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 2 * MiB];
    private static readonly long[] s_apart = [16 * KiB, 64 * KiB, MiB];

    /// <summary>Shorter copies fit into the caches whatever the hint says.</summary>
    private static readonly long[] s_hinted = [128 * KiB, 256 * KiB, 512 * KiB, MiB, 2 * MiB];
    private static readonly long[] s_read = [512 * KiB, MiB, 2 * MiB, 4 * MiB, 8 * MiB, 16 * MiB, 32 * MiB, 64 * MiB];

    /// <summary>Distances whose offset in a line differs, but which are not below 64: where masks of 63 and 4095 choose differently.</summary>
    private static readonly int[] s_distances = [72, 1000, 2049, 4000];

    private readonly IReadOnlyList<Way> _ways = Way.All();

    internal TuneReport Run()
    {
        StubTuning before = StubTuning.Current;
        try
        {
            return Measure();
        }
        finally
        {
            before.Use();
        }
    }

    private TuneReport Measure()
    {
        var table = TuningValues.OfTable(_ways);
        IReadOnlyList<Way> kept = [.. _ways.Where(way => way.Kind != WayKind.Stream)];
        int threads = Environment.ProcessorCount;
        progress.Report(new PhaseProgress("warming up", 0));
        List<TunePoint> warm = [], apart = [], hinted = [];
        using (var pool = new BufferPair(settings.PoolBytes, PageKind.TransparentHuge))
        {
            WarmUp.Run(pool, [.. _ways.SelectMany(way => new[] { way.Contender(reads: false), way.Contender(reads: true) })]);
            foreach (long bytes in s_firstLevel)
                warm.Add(At("first-level cache", 0.05, kept, pool, new MeasurementPoint("", bytes, Temperature.FirstLevel)));
            foreach (long bytes in s_warm)
                warm.Add(At("caches", 0.1, kept, pool, new MeasurementPoint("", bytes)));
            foreach (long bytes in s_apart)
                apart.AddRange(s_distances.Select(distance => Apart(kept, pool, bytes, distance)));
            foreach ((int i, long bytes) in s_hinted.Index())
                hinted.Add(At("memory to memory", 0.2 + 0.3 * i / s_hinted.Length, _ways, pool, new MeasurementPoint("", bytes, Temperature.Cold)));
        }
        List<TunePoint> read = [.. Read(1, 0.5), .. threads > 1 ? Read(threads, 0.7) : []];
        (TuningValues values, IReadOnlyList<TuneChoice> choices) = new TuneDecision(_ways, table, warm, apart, hinted, read).Decide();
        return new TuneReport(settings.Rounds, CopyTuning.Current.Source, choices, values.Profile(_ways, CopyTuning.Current.Cpu), warm, apart, hinted, read);
    }

    private TunePoint At(string now, double fraction, IReadOnlyList<Way> ways, BufferPair buffers, MeasurementPoint point)
    {
        progress.Report(new PhaseProgress($"{now}, {Units.Bytes(point.CopyBytes)}", fraction));
        AccessPattern pattern = buffers.PatternFor(point);
        return Time(point, 1, 0, ways, way => (way.Contender(reads: false), pattern));
    }

    private TunePoint Apart(IReadOnlyList<Way> ways, BufferPair buffers, long bytes, int distance)
    {
        progress.Report(new PhaseProgress($"alignment, {Units.Bytes(bytes)}", 0.17));
        var point = new MeasurementPoint("", bytes, Temperature.FirstLevel);
        AccessPattern pattern = buffers.PatternFor(point, distance);
        return Time(point, 1, distance, ways, way => (way.Contender(reads: false), pattern));
    }

    /// <summary>Copies with the first read after them, by some threads.</summary>
    private IEnumerable<TunePoint> Read(int threads, double from)
    {
        long[] sizes = [.. s_read.Where(bytes => bytes <= settings.PoolBytes && bytes * 4 * threads <= availableBytes)];
        using var team = new Team(threads, sizes[^1]);
        foreach ((int i, long bytes) in sizes.Index())
        {
            progress.Report(new PhaseProgress($"copy and read, {Units.Count(threads, "thread")}, {Units.Bytes(bytes)}", from + 0.2 * i / sizes.Length));
            var point = new MeasurementPoint("", bytes);
            AccessPattern pattern = team.PatternFor(point);
            yield return Time(point, threads, 0, _ways, way => (team.All(way.Contender(reads: true), point), pattern));
        }
    }

    private TunePoint Time(
        MeasurementPoint point, int threads, int distance, IReadOnlyList<Way> ways, Func<Way, (Contender Contender, AccessPattern Pattern)> copy)
    {
        TimedCopy[] copies = [.. ways.Select(way =>
        {
            (Contender contender, AccessPattern pattern) = copy(way);
            return new TimedCopy(contender, pattern, before: () => way.Values.Use());
        })];
        double[][] times = TimedCopy.Measure(settings, copies);
        return new TunePoint(
            point.CopyBytes, point.Temperature, threads, distance, [.. ways.Select((way, i) => TuneTime.Of(way.Name, point.CopyBytes, Quartiles.Of(times[i])))]);
    }
}
