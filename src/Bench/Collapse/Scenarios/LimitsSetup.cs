namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What khugepaged accepts in a range, in pages.</summary>
internal sealed record LimitsSetup
{
    [Bounds(0, 511)]
    public int MaxPtesNone { get; init; } = 511;

    [Bounds(0, 511)]
    public int MaxPtesSwap { get; init; } = 64;

    [Bounds(0, 511)]
    public int MaxPtesShared { get; init; } = 256;
}
