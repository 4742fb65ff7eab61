namespace CopyMc.Collapse;

/// <summary>The most pages of each kind, of 512, that khugepaged accepts in a range (<c>/sys/kernel/mm/transparent_hugepage/khugepaged</c>).</summary>
/// <param name="MaxPtesNone">Absent or zero pages.</param>
/// <param name="MaxPtesSwap">Swapped pages.</param>
/// <param name="MaxPtesShared">Pages shared with other processes.</param>
public sealed record CollapseLimits(int MaxPtesNone = 511, int MaxPtesSwap = 64, int MaxPtesShared = 256);
