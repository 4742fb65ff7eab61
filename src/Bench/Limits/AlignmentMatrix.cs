using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>The engine against memcpy at the same alignment, over the offsets of source and destination in a line, and over their distance modulo 4096.</summary>
internal static unsafe class AlignmentMatrix
{
    /// <summary>Worst cells that are measured again, because the lowest of hundreds of medians is low by chance too.</summary>
    private const int Suspects = 4;

    private const int LargestOffset = 64;
    private const double Want = 0.9;

    // Both ends, both sides of every power of two that matters to a vector or string copy, and an odd one.
    private static readonly int[] s_offsets = [0, 1, 7, 8, 16, 31, 32, 33, 48, 63, LargestOffset];

    internal static IEnumerable<Limit> Measure(CopyEngine engine, MeasurementSettings settings, Action<double> progress)
    {
        (nuint Bytes, string Name)[] sizes = [(4 << 10, "4 KiB"), (64 << 10, "64 KiB"), (2 << 20, "2 MiB")];
        var limits = new List<Limit>();
        foreach ((nuint bytes, string name) in sizes)
        {
            var matrix = from source in s_offsets from destination in s_offsets select (source, destination);
            limits.Add(Worst($"worst alignment against memcpy, {name}", engine, settings, bytes, matrix));
            progress((limits.Count + 0.0) / (2 * sizes.Length));
            // The source starts away from the page's start, so that the distance is not the offset.
            var distances = from distance in Enumerable.Range(0, LargestOffset) select (1024, 1024 + distance);
            limits.Add(Worst($"worst (dst - src) mod 4096 of 0 to 63, {name}", engine, settings, bytes, distances));
            progress((limits.Count + 0.0) / (2 * sizes.Length));
        }
        return limits;
    }

    private static Limit Worst(string name, CopyEngine engine, MeasurementSettings settings, nuint bytes, IEnumerable<(int Source, int Destination)> cells)
    {
        using var source = new NativeRegion(bytes + NativeRegion.PageSize);
        using var destination = new NativeRegion(bytes + NativeRegion.PageSize);
        source.Span.Fill(1);
        var copy = new Contender<EngineCopy>("engine", new EngineCopy(engine));
        var library = new Contender<LibcCopy>(Contenders.LibraryCopy, default);

        Quartiles Cell((int Source, int Destination) cell, MeasurementSettings howLong)
        {
            var pattern = AccessPattern.Over(source, destination, bytes, cell.Source, cell.Destination);
            double[][] times = TimedCopy.Measure(howLong, new TimedCopy(copy, pattern), new TimedCopy(library, pattern));
            return TimedCopy.Compare(times[0], times[1], (engine, library) => library / engine);
        }

        var suspects = cells.Select(cell => (Cell: cell, Seen: Cell(cell, settings))).OrderBy(one => one.Seen.Median).Take(Suspects).ToArray();
        MeasurementSettings longer = settings with { Rounds = settings.Rounds * 2 };
        (var worst, Quartiles seen) = suspects.Select(one => (one.Cell, Cell(one.Cell, longer))).MinBy(one => one.Item2.Median);
        return Limit.AtLeast(name, LimitUnit.Ratio, Want, seen, $"source + {worst.Source}, destination + {worst.Destination}");
    }
}
