namespace CopyMc.Simulation;

// The effect of madvise(2) on the entries of one area.
public sealed partial class AddressSpace
{
    /// <summary>
    /// Lets anonymous pages be dropped when memory is short (<c>madvise_free_pte_range</c>, <c>madvise_free_huge_pmd</c>). Swap entries and poison
    /// markers are dropped at once; guards and write protection stay.
    /// </summary>
    private unsafe void FreeLazily(ulong start, ulong end) => ForEachFolio(start, end, (ref Pte pte, ulong _) =>
    {
        if (!pte.IsPresent)
        {
            if (pte.IsSwap || pte.IsHwPoison || pte.IsPoisonMarker)
                Clear(ref pte);
            return;
        }
        uint head = _memory.HeadOf(pte.Pfn);
        ref Frame frame = ref _memory.Frames[head];
        if (frame.Has(PageFlags.Dirty) && (frame.Has(PageFlags.Locked) || _memory.IsMappedShared(head)))
            return;
        frame.Flags &= ~(PageFlags.SwapBacked | PageFlags.Dirty | PageFlags.Referenced);
        pte = pte.Clean().Old();
    });

    /// <summary>Clears the referenced state of pages (<c>madvise_cold_or_pageout_pte_range</c>). Skips pages that other processes map.</summary>
    private unsafe void MakeOld(ulong start, ulong end) => ForEachFolio(start, end, (ref Pte pte, ulong _) =>
    {
        if (!pte.IsPresent || _memory.IsMappedShared(_memory.HeadOf(pte.Pfn)))
            return;
        pte = pte.Old();
        _memory.Frames[_memory.HeadOf(pte.Pfn)].Flags &= ~PageFlags.Referenced;
    });

    /// <summary>Reclaims the pages of a range that no other process maps (<c>MADV_PAGEOUT</c>), as far as they can be reclaimed.</summary>
    private void PageOut(ulong start, ulong end)
    {
        var found = new List<uint>();
        ForEachFolio(start, end, (ref Pte pte, ulong _) =>
        {
            if (pte.IsPresent && !_memory.IsMappedShared(_memory.HeadOf(pte.Pfn)) && (found.Count == 0 || found[^1] != _memory.HeadOf(pte.Pfn)))
                found.Add(_memory.HeadOf(pte.Pfn));
        });
        foreach (uint head in found)
            Reclaim.TryReclaim(_machine, head);
    }

    /// <summary>
    /// Visits the entries of folios in a range, as madvise does: a huge page inside the range as one entry, without splitting it. A large folio
    /// that is only partly inside is split, or skipped if other processes map it.
    /// </summary>
    private void ForEachFolio(ulong start, ulong end, EntryAction action)
    {
        for (ulong address = start; address < end;)
        {
            ulong next = ulong.Min((address | HugeMask) + 1, end);
            if (PmdAt(address).IsHuge)
            {
                Pte huge = PmdAt(address).Huge;
                bool isLeft = IsHugeZero(huge) || _memory.IsMappedShared(huge.Pfn) || IsLocked(huge.Pfn);
                if (!isLeft && next - address == NativeRegion.HugePageSize)
                    action(ref PmdFor(address).Huge, address);
                else if (!isLeft)
                    FolioSplit.TrySplit(_machine, huge.Pfn);
            }
            if (PmdAt(address) is { IsTable: true, Table: { } table })
            {
                for (ulong at = address; at < next; at += NativeRegion.PageSize)
                {
                    ref Pte pte = ref table.Writable[PteIndex(at)];
                    if (pte.IsPresent && (pte.Pfn == _memory.ZeroFrame || !TryMakeWhole(pte, at, address, next)))
                        continue;
                    // Splitting a folio may have put the zero page here.
                    if (!pte.IsPresent || pte.Pfn != _memory.ZeroFrame)
                        action(ref pte, at);
                }
            }
            address = next;
        }
    }

    /// <summary>Whether the entry's folio is entirely inside the range, if necessary after a split.</summary>
    private bool TryMakeWhole(Pte pte, ulong at, ulong start, ulong end)
    {
        uint head = _memory.HeadOf(pte.Pfn);
        uint pages = _memory.PagesOf(head);
        if (pages == 1)
            return true;
        ulong first = at - ((ulong)(pte.Pfn - head) << 12);
        bool isWhole = first >= start && first + ((ulong)pages << 12) <= end;
        for (uint i = 0; i < pages && isWhole; i++)
            isWhole = EntryAt(first + ((ulong)i << 12)) is { IsPresent: true } entry && entry.Pfn == head + i;
        return isWhole || (!_memory.IsMappedShared(head) && !IsLocked(head) && FolioSplit.TrySplit(_machine, head));
    }

    /// <summary>Drops the pages of a range, and makes accesses to it fail (<c>madvise_guard_install</c>).</summary>
    private void InstallGuards(Vma area, ulong start, ulong end)
    {
        // Page tables with guards must not be retracted.
        if (_machine.Behavior.MarksAreasWithGuards)
            area.MayHaveGuards = true;
        // Anonymous memory is prepared for pages in any case.
        if (area.IsAnonymous || !_machine.Behavior.MarksAreasWithGuards)
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
}
