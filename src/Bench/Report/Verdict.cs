namespace CopyMc.Bench.Report;

/// <summary>What two results say about one row.</summary>
internal enum Verdict
{
    /// <summary>The confidence interval of the change holds zero.</summary>
    WithinNoise,
    Faster,
    Slower,
}
