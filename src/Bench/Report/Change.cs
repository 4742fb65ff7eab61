namespace CopyMc.Bench.Report;

/// <summary>A change of speed in percent of the earlier speed, with its confidence interval.</summary>
internal readonly record struct Change(double Percent, double LowerPercent, double UpperPercent)
{
    internal Verdict Verdict => LowerPercent > 0 ? Verdict.Faster : UpperPercent < 0 ? Verdict.Slower : Verdict.WithinNoise;

    /// <param name="logarithm">The logarithm of the earlier time divided by the later time.</param>
    /// <param name="halfWidth">Half the width of the interval of the logarithm.</param>
    internal static Change Of(double logarithm, double halfWidth) =>
        new(Percentage(logarithm), Percentage(logarithm - halfWidth), Percentage(logarithm + halfWidth));

    private static double Percentage(double logarithm) => 100 * (Math.Exp(logarithm) - 1);
}
