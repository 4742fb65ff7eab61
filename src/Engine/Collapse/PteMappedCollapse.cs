using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>Maps a file's huge page with a PMD in place of a page table (<c>collapse_pte_mapped_thp</c>).</summary>
internal static class PteMappedCollapse
{
    /// <param name="space">The address space.</param>
    /// <param name="address">The range's first byte, aligned to 2 MiB.</param>
    /// <param name="install">Whether to map the huge page. If not, only the table is freed, and a later fault maps the page.</param>
    internal static CollapseResult Run(AddressSpace space, ulong address, bool install)
    {
        if (space.Find(address) is not { File: { } file } area || !area.HoldsHugeRange(address))
            return CollapseResult.VmaCheck;
        PmdEntry entry = space.PmdAt(address);
        if (entry.IsHuge)
            return CollapseResult.PmdMapped;
        if (!ThpEligibility.Allows(area, enforceSettings: false))
            return CollapseResult.VmaCheck;
        // The write protection of single pages would be lost.
        if ((area.Flags & VmaFlags.UffdWriteProtect) != 0)
            return CollapseResult.PteUffd;
        if (!file.TryGetHuge(area.PageIndex(address), out uint head))
            return CollapseResult.PageNull;

        if (!entry.IsTable && !space.HasPmdTable(address) && !space.Machine.Behavior.MapsHugePageWithoutTable)
            return CollapseResult.PmdNull;
        if (entry.IsTable)
        {
            // A private copy or a marker cannot be kept if a PMD maps the huge page.
            ReadOnlySpan<Pte> entries = entry.Table!.Entries;
            for (int i = 0; i < entries.Length; i++)
            {
                if (entries[i].IsSwapLike)
                    return CollapseResult.PteNonPresent;
                if (!entries[i].IsNone && entries[i].Pfn != head + (uint)i)
                    return CollapseResult.Fail;
            }
            Span<Pte> writable = entry.Table.Writable;
            for (int i = 0; i < writable.Length; i++)
                space.Clear(ref writable[i]);
            space.PmdFor(address) = default;
        }
        if (install)
            Install(area, address, head);
        return CollapseResult.Succeed;
    }

    /// <summary>Maps the huge page where nothing is mapped (<c>set_huge_pmd</c>).</summary>
    internal static void Install(Vma area, ulong address, uint head) => area.Space.SetHuge(
        ref area.Space.PmdFor(address), head, area.IsShared && (area.Flags & VmaFlags.Write) != 0, dirty: false, deposit: null);
}
