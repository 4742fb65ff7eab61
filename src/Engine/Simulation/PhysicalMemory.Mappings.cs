using System.Runtime.CompilerServices;

namespace CopyMc.Simulation;

// The map counts of folios, and their expected references.
internal sealed unsafe partial class PhysicalMemory
{
    internal void MapPte(uint pfn)
    {
        uint head = HeadOf(pfn);
        Get(head);
        Frames[pfn].MapCount++;
        if (Frames[head].Order > 0)
            Frames[head + 1].Next++;
    }

    /// <summary>Removes the mapping of a frame by one PTE, and its reference.</summary>
    internal void UnmapPte(uint pfn)
    {
        uint head = HeadOf(pfn);
        Frames[pfn].MapCount = checked((ushort)(Frames[pfn].MapCount - 1));
        if (Frames[head].Order > 0)
            Frames[head + 1].Next--;
        Put(head);
    }

    internal void MapPmd(uint head)
    {
        Get(head);
        Frames[head + 1].Next++;
        Frames[head + 1].Previous++;
    }

    /// <summary>Replaces the mapping of a folio by a PMD with one PTE for each page.</summary>
    /// <exception cref="InvalidOperationException">The counts would overflow; nothing is changed.</exception>
    internal void MapPtesForPmd(uint head)
    {
        int pages = (int)PagesOf(head);
        Get(head, pages);
        for (uint i = 0; i < pages; i++)
            Frames[head + i].MapCount++;
        Frames[head + 1].Next += (uint)pages;
        UnmapPmd(head);
    }

    internal void UnmapPmd(uint head)
    {
        Frames[head + 1].Next--;
        Frames[head + 1].Previous--;
        Put(head);
    }

    /// <summary>The number of entries that map the folio: PMDs, and PTEs of all its pages.</summary>
    internal uint MapCountOf(uint head) => Frames[head].Order == 0 ? Frames[head].MapCount : Frames[head + 1].Next;

    internal uint PmdMapCountOf(uint head) => Frames[head].Order == 0 ? 0 : Frames[head + 1].Previous;

    /// <summary>Whether any page of the folio is mapped more than once (<c>folio_maybe_mapped_shared</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsMappedShared(uint head)
    {
        ref Frame frame = ref Frames[head];
        return frame.Order == 0 ? frame.MapCount > 1 : IsLargeMappedShared(head);
    }

    /// <summary>Whether one page is mapped more than once, regardless of the rest of its folio (<c>page_mapcount</c>).</summary>
    internal bool IsPageMappedShared(uint pfn) => PmdMapCountOf(HeadOf(pfn)) + Frames[pfn].MapCount > 1;

    private bool IsLargeMappedShared(uint head)
    {
        uint whole = PmdMapCountOf(head);
        for (uint i = 0; i < PagesOf(head); i++)
        {
            if (whole + Frames[head + i].MapCount > 1)
                return true;
        }
        return false;
    }

    internal bool IsAnonymous(uint head) => Frames[head].Has(PageFlags.Anonymous);

    internal bool IsSwapBacked(uint head) => Frames[head].Has(PageFlags.SwapBacked);

    internal bool IsInPageCache(uint head) => Frames[head].Owner != 0 && !Frames[head].Has(PageFlags.Anonymous);

    /// <summary>The number of references by mappings and the page cache (<c>folio_expected_ref_count</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint ExpectedReferences(uint head)
    {
        ref Frame frame = ref Frames[head];
        if (frame.Order == 0 && (frame.Flags & PageFlags.Anonymous) != 0)
            return frame.MapCount;
        return MapCountOf(head) + (IsInPageCache(head) ? PagesOf(head) : 0);
    }
}
