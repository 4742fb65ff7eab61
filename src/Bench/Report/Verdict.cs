namespace CopyMc.Bench.Report;

/// <summary>The result of comparing one row.</summary>
internal enum Verdict
{
    /// <summary>The confidence interval of the change contains zero.</summary>
    WithinNoise,
    Faster,
    Slower,
}
