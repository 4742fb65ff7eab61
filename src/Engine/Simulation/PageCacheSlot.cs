namespace CopyMc.Simulation;

/// <summary>A slot of a page cache: empty, a page, a page in swap, or a retry entry that keeps the slot empty.</summary>
/// <param name="Bits">The low two bits are the kind, the others the number.</param>
public readonly record struct PageCacheSlot(ulong Bits)
{
    private const ulong KindMask = 3, PageKind = 1, SwapKind = 2, RetryKind = 3;

    /// <summary>A hole.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>A page is there.</summary>
    public bool IsPage => (Bits & KindMask) == PageKind;

    /// <summary>The page is in swap.</summary>
    public bool IsSwap => (Bits & KindMask) == SwapKind;

    /// <summary>A collapse reserves the slot (<c>XA_RETRY_ENTRY</c>).</summary>
    public bool IsRetry => Bits == RetryKind;

    /// <summary>The page's frame.</summary>
    public uint Pfn => (uint)(Bits >> 2);

    internal uint SwapSlot => (uint)(Bits >> 2);

    internal static PageCacheSlot Retry => new(RetryKind);

    internal static PageCacheSlot Page(uint pfn) => new(((ulong)pfn << 2) | PageKind);

    internal static PageCacheSlot Swap(uint slot) => new(((ulong)slot << 2) | SwapKind);
}
