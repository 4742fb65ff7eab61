using System.Globalization;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>A clean copy from memory whose map has none, one, a thousand or a million poisoned lines elsewhere.</summary>
internal static unsafe class PoisonElsewhere
{
    /// <summary>After the copied bytes: room for a million lines, every fourth one.</summary>
    private const nuint Elsewhere = 256u << 20;

    private static readonly int[] s_lines = [0, 1, 1_000, 1_000_000];

    internal static IEnumerable<Limit> Measure(CopyEngine engine, MeasurementSettings settings) =>
        [Measure(engine, settings, 64 << 10, "64 KiB"), Measure(engine, settings, 2 << 20, "2 MiB")];

    private static Limit Measure(CopyEngine engine, MeasurementSettings settings, nuint byteCount, string size)
    {
        using var source = new NativeRegion(byteCount + Elsewhere, new NativeRegionOptions { Populate = false });
        using var destination = new NativeRegion(byteCount);
        source.Span[..(int)byteCount].Fill(1);
        var copy = new Contender<EngineCopy>("engine", new EngineCopy(engine));
        double[][] times = TimedCopy.Measure(settings, [.. s_lines.Select(lines =>
            new TimedCopy(copy, AccessPattern.Over(source, destination, byteCount), () => Mark(source, lines), () => source.Poison.Clear(byteCount, Elsewhere)))]);

        (int lines, Quartiles seen) = Enumerable.Range(1, s_lines.Length - 1)
            .Select(i => (s_lines[i], TimedCopy.Compare(times[i], times[0], TimedCopy.PercentMore)))
            .MaxBy(one => one.Item2.Median);
        return Limit.AtMost(
            $"up to a million bad lines elsewhere, {size}", LimitUnit.Percent, 2, seen,
            string.Create(CultureInfo.InvariantCulture, $"worst of 1, 1,000 and 1,000,000 against none: {lines:N0}"));
    }

    private static void Mark(NativeRegion source, int lines)
    {
        nuint distance = (Elsewhere / (nuint)Math.Max(lines, 1)) & ~(nuint)(PoisonMap.LineSize - 1);
        for (int i = 0; i < lines; i++)
            source.Poison.Mark(source.Length - 1 - (nuint)i * distance);
    }
}
