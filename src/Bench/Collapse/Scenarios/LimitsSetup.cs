namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What khugepaged accepts in a range, in pages.</summary>
internal sealed record LimitsSetup
{
    public int MaxPtesNone { get; set; } = 511;
    public int MaxPtesSwap { get; set; } = 64;
    public int MaxPtesShared { get; set; } = 256;
}
