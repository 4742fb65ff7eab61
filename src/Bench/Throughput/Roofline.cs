using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Throughput;

/// <summary>The best copy at a point among those without checks and recovery.</summary>
/// <param name="Name">The raw copy with the lowest median time.</param>
/// <param name="MedianNanosecondsPerCopy">Its median time.</param>
/// <param name="Ratio">Throughput of the first contender divided by its throughput of the same round.</param>
internal sealed record Roofline(string Name, double MedianNanosecondsPerCopy, Quartiles Ratio)
{
    /// <summary>Chosen by the median over all rounds, because the best of each round would be chosen by noise.</summary>
    /// <param name="names">The contenders.</param>
    /// <param name="nanoseconds">Their times, by round.</param>
    internal static Roofline? Of(IReadOnlyList<string> names, double[][] nanoseconds)
    {
        int best = -1;
        double least = double.MaxValue;
        for (int i = 0; i < names.Count; i++)
        {
            double median = Quartiles.Of(nanoseconds[i]).Median;
            if (Contenders.IsRaw(names[i]) && median < least)
                (best, least) = (i, median);
        }
        return best < 0 ? null : new Roofline(names[best], least, Quartiles.Of([.. nanoseconds[best].Zip(nanoseconds[0], (raw, first) => raw / first)]));
    }
}
