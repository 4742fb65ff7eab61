namespace CopyMc.Bench.Statistics;

/// <summary>The median of a sample, and the range of its middle half.</summary>
internal readonly record struct Quartiles(double Lower, double Median, double Upper)
{
    /// <summary>The width of the middle half as a fraction of the median.</summary>
    internal double RelativeSpread => Median == 0 ? 0 : (Upper - Lower) / Median;

    /// <exception cref="ArgumentException">There are no samples.</exception>
    internal static Quartiles Of(ReadOnlySpan<double> samples)
    {
        if (samples.IsEmpty)
            throw new ArgumentException("There are no samples.", nameof(samples));
        double[] sorted = samples.ToArray();
        Array.Sort(sorted);
        return new Quartiles(At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75));
    }

    /// <summary>Linear interpolation between the two nearest ranks (type 7 of Hyndman and Fan).</summary>
    private static double At(double[] sorted, double fraction)
    {
        double rank = fraction * (sorted.Length - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
