namespace CopyMc;

/// <summary>What /proc/self/pagemap says of a page (Documentation/admin-guide/mm/pagemap.rst).</summary>
internal readonly struct PageMapEntry(ulong value)
{
    private const int SwapTypeBits = 5;
    private const ulong FrameMask = (1UL << 55) - 1, PresentBit = 1UL << 63, SwapBit = 1UL << 62;

    // The types of swap entry that are no swap files, include/linux/swap.h: the last is the marker; hardware poison, migration and device
    // memory lie below it, at most eight in all.
    private const ulong MarkerType = (1 << SwapTypeBits) - 1, LeastSpecialType = MarkerType - 8;

    // include/linux/swapops.h.
    private const ulong PoisonMarker = 1 << 1;

    internal bool IsPresent => (value & PresentBit) != 0;

    /// <summary>Whether every access is to fail, with no frame behind the page: <c>UFFDIO_POISON</c>.</summary>
    internal bool IsPoisonMarker => IsSwap && SwapType == MarkerType && (SwapOffset & PoisonMarker) != 0;

    /// <summary>
    /// The frame behind the page, or the one that was taken from under it; 0 if there is none, or the kernel does not tell. A page in a swap
    /// file has none.
    /// </summary>
    internal ulong Frame =>
        IsPresent ? value & FrameMask
        : IsSwap && SwapType is >= LeastSpecialType and < MarkerType ? SwapOffset
        : 0;

    private bool IsSwap => (value & SwapBit) != 0 && !IsPresent;

    private ulong SwapType => value & MarkerType;

    private ulong SwapOffset => (value & FrameMask) >> SwapTypeBits;
}
