namespace CopyMc;

/// <summary>An entry of /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst).</summary>
internal readonly struct PageMapEntry(ulong value)
{
    private const int SwapTypeBits = 5;
    private const ulong FrameMask = (1UL << 55) - 1, PresentBit = 1UL << 63, SwapBit = 1UL << 62;

    // Swap entry types that are not swap files (include/linux/swap.h): the last is the marker; below it are hardware poison, migration and
    // device memory, at most eight in all.
    private const ulong MarkerType = (1 << SwapTypeBits) - 1, LeastSpecialType = MarkerType - 8;

    // include/linux/swapops.h.
    private const ulong PoisonMarker = 1 << 1;

    internal bool IsPresent => (value & PresentBit) != 0;

    /// <summary>Whether the entry is a poison marker (<c>UFFDIO_POISON</c>): every access fails, and there is no frame.</summary>
    internal bool IsPoisonMarker => IsSwap && SwapType == MarkerType && (SwapOffset & PoisonMarker) != 0;

    /// <summary>
    /// The frame of the page, or the frame that hardware poison or migration took from it; 0 if there is none or the kernel hides it. A page
    /// in a swap file has none.
    /// </summary>
    internal ulong Frame =>
        IsPresent ? value & FrameMask
        : IsSwap && SwapType is >= LeastSpecialType and < MarkerType ? SwapOffset
        : 0;

    private bool IsSwap => (value & SwapBit) != 0 && !IsPresent;

    private ulong SwapType => value & MarkerType;

    private ulong SwapOffset => (value & FrameMask) >> SwapTypeBits;
}
