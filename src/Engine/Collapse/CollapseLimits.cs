namespace CopyMc.Collapse;

/// <summary>What khugepaged accepts in a range (<c>/sys/kernel/mm/transparent_hugepage/khugepaged</c>), in pages of 512.</summary>
/// <param name="MaxPtesNone">Absent or zero pages.</param>
/// <param name="MaxPtesSwap">Swapped pages.</param>
/// <param name="MaxPtesShared">Pages shared with other processes.</param>
public sealed record CollapseLimits(int MaxPtesNone = 511, int MaxPtesSwap = 64, int MaxPtesShared = 256);
