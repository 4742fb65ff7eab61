namespace CopyMc.Simulation;

// What puts frames into page tables and takes them out, with their counts.
public sealed partial class AddressSpace
{
    internal delegate void EntryAction(ref Pte pte, ulong address);

    /// <summary>Makes a frame's page table entry, with its reference and count.</summary>
    internal void SetFrame(ref Pte pte, uint pfn, bool writable, bool dirty)
    {
        _memory.MapPte(pfn);
        CountMapped(pfn, 1);
        pte = Pte.Of(pfn, writable, dirty, young: true);
    }

    /// <summary>Drops what an entry holds, and leaves none.</summary>
    internal void Clear(ref Pte pte)
    {
        Pte old = pte;
        pte = default;
        if (old.IsSwap)
        {
            SwapEntries--;
            _machine.Swap.Drop(old.Slot);
        }
        else if (old.IsPresent && old.Pfn != _memory.ZeroFrame)
        {
            CountMapped(old.Pfn, -1);
            if (old.IsDirty)
                MarkDirty(old.Pfn);
            _memory.UnmapPte(old.Pfn);
        }
    }

    /// <summary>Puts a huge page where no entry is. A file's table is not deposited.</summary>
    internal void SetHuge(ref PmdEntry entry, uint head, bool writable, bool dirty, PageTable? deposit)
    {
        _memory.MapPmd(head);
        CountMapped(head, PageTable.EntryCount);
        entry.Table = deposit;
        entry.Huge = Pte.Of(head, writable, dirty, young: true);
    }

    /// <summary>Puts the huge zero page where no entry is: 512 times the zero page, counted nowhere as it is not.</summary>
    internal void SetHugeZero(ref PmdEntry entry) =>
        entry = new PmdEntry { Table = new PageTable(), Huge = Pte.Of(_memory.ZeroFrame, writable: false, dirty: false, young: true) };

    internal bool IsHugeZero(Pte huge) => huge.Pfn == _memory.ZeroFrame;

    internal void ClearHuge(ref PmdEntry entry)
    {
        Pte old = entry.Huge;
        entry = default;
        if (IsHugeZero(old))
            return;
        CountMapped(old.Pfn, -PageTable.EntryCount);
        if (old.IsDirty)
            MarkDirty(old.Pfn);
        _memory.UnmapPmd(old.Pfn);
    }

    /// <summary>
    /// Maps a huge page by 512 entries instead of one (<c>__split_huge_pmd</c>). Anonymous memory gets its deposited table back; a file's
    /// pages are only unmapped: they come back by faults.
    /// </summary>
    internal void SplitPmd(ulong address)
    {
        ref PmdEntry entry = ref PmdFor(address);
        Pte huge = entry.Huge;
        if (IsHugeZero(huge))
        {
            entry.Table!.Writable.Fill(huge);
            entry.Huge = default;
            return;
        }
        if (!_memory.IsAnonymous(huge.Pfn))
        {
            ClearHuge(ref entry);
            return;
        }
        PageTable table = entry.Table ?? new PageTable();
        _memory.MapPtesForPmd(huge.Pfn);
        for (uint i = 0; i < PageTable.EntryCount; i++)
            table.Writable[(int)i] = Pte.Of(huge.Pfn + i, huge.IsWritable, huge.IsDirty, huge.IsYoung);
        entry = new PmdEntry { Table = table };
    }

    /// <summary>
    /// Drops a page table whose pages a collapse of the file has unmapped (<c>retract_page_tables</c>), unless the area has pages of its
    /// own, watches its stores, or has guard markers. Poison markers go with it.
    /// </summary>
    internal void RetractTable(Vma area, ulong address)
    {
        ref PmdEntry entry = ref PmdFor(address);
        if (!entry.IsTable || area.AnonVma is not null || (area.Flags & (VmaFlags.UffdWriteProtect | VmaFlags.Guarded)) != 0)
            return;
        foreach (ref Pte pte in entry.Table!.Writable)
            Clear(ref pte);
        entry = default;
    }

    /// <summary>Maps an area's file as from a descriptor that only reads; what was stored so far is the pages' to know.</summary>
    internal void EndMayWrite(Vma area)
    {
        area.Flags &= ~VmaFlags.MayWrite;
        ForEachEntry(area.Start, area.End, MoveDirty, splitsHuge: false);
    }

    private void MoveDirty(ref Pte pte, ulong address)
    {
        if (!pte.IsPresent || !pte.IsDirty)
            return;
        MarkDirty(pte.Pfn);
        pte = pte.Clean();
    }

    /// <summary>Drops what maps a file from one of its pages on.</summary>
    internal void ZapFrom(Vma area, uint filePage)
    {
        ulong start = filePage <= area.FilePage ? area.Start : area.Start + ((ulong)(filePage - area.FilePage) << 12);
        if (start < area.End)
            Zap(start, area.End);
    }

    /// <summary>Splits every huge mapping of a folio.</summary>
    internal void SplitMappingsOf(uint head)
    {
        foreach ((ulong gigabyte, PmdEntry[] entries) in _pmds)
        {
            for (int i = 0; i < entries.Length; i++)
            {
                if (entries[i].IsHuge && entries[i].Huge.Pfn == head)
                    SplitPmd((gigabyte << PudShift) | ((ulong)i << PmdShift));
            }
        }
    }

    /// <summary>Called by the reverse map: the frame may be mapped at this address.</summary>
    internal void UnmapFrame(ulong address, uint pfn, Pte replacement)
    {
        if (!_pmds.TryGetValue(address >> PudShift, out PmdEntry[]? pmds))
            return;
        ref PmdEntry entry = ref pmds[PmdIndex(address)];
        if (entry.IsHuge && entry.Huge.Plus((uint)PteIndex(address)).Pfn == pfn)
        {
            SplitPmd(address);
            if (!entry.IsTable)
                return;
        }
        if (!entry.IsTable)
            return;
        ref Pte pte = ref entry.Table!.Writable[PteIndex(address)];
        if (!pte.IsPresent || pte.Pfn != pfn)
            return;
        // The protection of a file's page outlives the page (pte_install_uffd_wp_if_needed).
        if (pte.IsUffdWriteProtected && replacement.IsNone && Find(address)!.File is not null)
            replacement = Pte.WriteProtectMarker;
        Clear(ref pte);
        pte = replacement;
        if (replacement.IsSwap)
        {
            SwapEntries++;
            _machine.Swap.AddUser(replacement.Slot);
        }
    }

    /// <summary>Drops everything in a range (<c>zap_page_range</c>).</summary>
    private void Zap(ulong start, ulong end)
    {
        for (ulong address = start; address < end;)
        {
            ulong next = ulong.Min((address & ~(ulong)(NativeRegion.HugePageSize - 1)) + NativeRegion.HugePageSize, end);
            if (!_pmds.TryGetValue(address >> PudShift, out PmdEntry[]? pmds))
            {
                address = ulong.Min(((address >> PudShift) + 1) << PudShift, end);
                continue;
            }
            ref PmdEntry entry = ref pmds[PmdIndex(address)];
            bool whole = next - address == NativeRegion.HugePageSize;
            if (entry.IsHuge && whole)
                ClearHuge(ref entry);
            else if (entry.IsHuge)
                SplitPmd(address);
            if (entry.IsTable)
            {
                for (ulong at = address; at < next; at += NativeRegion.PageSize)
                    Clear(ref entry.Table!.Writable[PteIndex(at)]);
                if (whole && _machine.Options.PageTableReclaim)
                    entry = default;
            }
            address = next;
        }
    }

    /// <summary>
    /// Visits the entries of page tables in a range; ranges without a table are left out. Huge pages are split, or else, where the range is
    /// known to hold them whole, visited as one entry.
    /// </summary>
    private void ForEachEntry(ulong start, ulong end, EntryAction action, bool splitsHuge = true)
    {
        for (ulong address = start; address < end; address += NativeRegion.PageSize)
        {
            PmdEntry entry = PmdAt(address);
            if (entry.IsHuge && splitsHuge)
                SplitPmd(address);
            else if (entry.IsHuge)
                action(ref PmdFor(address).Huge, address);
            entry = PmdAt(address);
            if (!entry.IsTable)
            {
                address = (address | (NativeRegion.HugePageSize - 1)) & ~(ulong)(NativeRegion.PageSize - 1);
                continue;
            }
            action(ref entry.Table!.Writable[PteIndex(address)], address);
        }
    }

    private void CountMapped(uint pfn, int pages)
    {
        uint head = _memory.HeadOf(pfn);
        if (_memory.IsAnonymous(head))
            AnonymousPages += pages;
        else if (_memory.IsSwapBacked(head))
            ShmemPages += pages;
        else
            FilePages += pages;
    }

    private unsafe void MarkDirty(uint pfn) => _memory.Frames[_memory.HeadOf(pfn)].Flags |= PageFlags.Dirty;
}
