namespace CopyMc.Bench.Report;

/// <summary>How much faster something became, in percent of the speed before, with the interval in which that lies but for noise.</summary>
internal readonly record struct Change(double Percent, double LowerPercent, double UpperPercent)
{
    internal Verdict Verdict => LowerPercent > 0 ? Verdict.Faster : UpperPercent < 0 ? Verdict.Slower : Verdict.WithinNoise;

    /// <param name="logarithm">Of the time before over the time after.</param>
    /// <param name="halfWidth">Of the interval, in the same terms.</param>
    internal static Change Of(double logarithm, double halfWidth) =>
        new(Percentage(logarithm), Percentage(logarithm - halfWidth), Percentage(logarithm + halfWidth));

    private static double Percentage(double logarithm) => 100 * (Math.Exp(logarithm) - 1);
}
