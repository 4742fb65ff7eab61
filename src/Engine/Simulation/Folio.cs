namespace CopyMc.Simulation;

/// <summary>A page or a group of pages that is managed as one (<c>struct folio</c>).</summary>
/// <param name="Head">Its first frame.</param>
/// <param name="Order">The binary logarithm of its number of pages; 9 for a huge page.</param>
/// <param name="Pfn">The frame that was looked up.</param>
/// <param name="Flags">The flags of its first frame.</param>
/// <param name="MapCount">The number of page-table entries that map it or a page of it.</param>
/// <param name="References">References to it: mappings, page-cache slots and users.</param>
public readonly record struct Folio(uint Head, int Order, uint Pfn, PageFlags Flags, int MapCount, int References)
{
    /// <summary>The number of its pages of 4 KiB.</summary>
    public int PageCount => 1 << Order;
}
