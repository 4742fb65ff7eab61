namespace CopyMc.Simulation;

// What advice does to the entries of one area.
public sealed partial class AddressSpace
{
    /// <summary>
    /// Lets anonymous pages be dropped when memory is short (<c>madvise_free_pte_range</c>, <c>madvise_free_huge_pmd</c>): a huge page as a whole
    /// where the range holds it whole, else it is split.
    /// </summary>
    private void FreeLazily(Vma area, ulong start, ulong end) => ForEachEntry(start, end, (ref Pte pte, ulong _) =>
    {
        if (pte.IsSwapLike)
        {
            // The content in swap is given up, and markers stay, but for lost pages.
            if (pte.IsSwap || pte.IsHwPoison || pte.IsPoisonMarker)
                Clear(ref pte);
            return;
        }
        if (!pte.IsPresent || pte.Pfn == _memory.ZeroFrame)
            return;
        uint head = _memory.HeadOf(pte.Pfn);
        if (!_memory.IsAnonymous(head) || _memory.IsMappedShared(head) || IsLocked(head))
            return;
        ClearDirty(head);
        pte = pte.Clean().Old();
    });

    /// <summary>Makes entries old, as if the pages had not been used for long (<c>madvise_cold_or_pageout_pte_range</c>).</summary>
    private void MakeOld(Vma area, ulong start, ulong end) => ForEachEntry(start, end, (ref Pte pte, ulong _) =>
    {
        if (pte.IsPresent && pte.Pfn != _memory.ZeroFrame && !_memory.IsMappedShared(_memory.HeadOf(pte.Pfn)))
            pte = pte.Old();
    });

    /// <summary>Sends the pages of a range to swap or their file (<c>MADV_PAGEOUT</c>); what cannot go stays.</summary>
    private void PageOut(Vma area, ulong start, ulong end)
    {
        for (ulong at = start; at < end; at += NativeRegion.PageSize)
        {
            Pte pte = EntryAt(at);
            if (!pte.IsPresent || pte.Pfn == _memory.ZeroFrame || _memory.IsMappedShared(_memory.HeadOf(pte.Pfn)))
                continue;
            if (IsHuge(at))
                SplitPmd(at);
            // A file's huge page is mapped by nothing now.
            if (EntryAt(at).IsPresent && _memory.TrySplit(_memory.HeadOf(pte.Pfn)))
                Reclaim.TryReclaim(_machine, pte.Pfn);
        }
    }

    /// <summary>Drops what is mapped in a range, and makes accesses to it fail (<c>madvise_guard_install</c>).</summary>
    private void InstallGuards(Vma area, ulong start, ulong end)
    {
        // Page tables with guards must not be retracted.
        if (_machine.Behavior.MarksAreasWithGuards)
            area.MayHaveGuards = true;
        else
            PrepareAnonVma(area);
        Zap(area, start, end, ZapKind.Unmap);
        for (ulong at = start; at < end; at += NativeRegion.PageSize)
            TableFor(at).Writable[PteIndex(at)] = Pte.GuardMarker;
    }

    private void RemoveGuards(ulong start, ulong end)
    {
        for (ulong at = start; at < end; at += NativeRegion.PageSize)
        {
            if (PmdAt(at).IsTable && PmdAt(at).Table!.Entries[PteIndex(at)].IsGuardMarker)
                PmdAt(at).Table!.Writable[PteIndex(at)] = default;
        }
    }

    private PageTable TableFor(ulong address)
    {
        if (PmdAt(address).IsHuge)
            SplitPmd(address);
        return PmdFor(address).Table ??= new PageTable();
    }

    private unsafe bool IsLocked(uint head) => _memory.Frames[head].Has(PageFlags.Locked);

    private unsafe void ClearDirty(uint head) => _memory.Frames[head].Flags &= ~(PageFlags.SwapBacked | PageFlags.Dirty);
}
