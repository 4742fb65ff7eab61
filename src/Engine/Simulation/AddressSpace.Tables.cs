namespace CopyMc.Simulation;

// Sets and clears entries of page tables, and keeps their counts.
public sealed partial class AddressSpace
{
    internal delegate void EntryAction(ref Pte pte, ulong address);

    /// <summary>Makes a frame's page table entry, with its reference and count.</summary>
    internal void SetFrame(ref Pte pte, uint pfn, bool writable, bool dirty)
    {
        _memory.MapPte(pfn);
        CountMapped(pfn, 1);
        pte = Pte.Of(pfn, writable, dirty, young: true);
        uint head = _memory.HeadOf(pfn);
        if (_memory.IsAnonymous(head) && _memory.MapCountOf(head) == 1)
            pte = pte.Exclusive();
    }

    /// <summary>Clears an entry, and drops its frame or swap slot.</summary>
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
                MarkFileDirty(old.Pfn);
            _memory.UnmapPte(old.Pfn);
        }
    }

    /// <summary>Maps a huge page in an empty entry. For a file no page table is deposited.</summary>
    internal void SetHuge(ref PmdEntry entry, uint head, bool writable, bool dirty, PageTable? deposit)
    {
        _memory.MapPmd(head);
        CountMapped(head, PageTable.EntryCount);
        entry.Table = deposit;
        entry.Huge = Pte.Of(head, writable, dirty, young: true);
        if (_memory.IsAnonymous(head) && _memory.MapCountOf(head) == 1)
            entry.Huge = entry.Huge.Exclusive();
    }

    /// <summary>Maps the huge zero page in an empty entry: 512 times the zero page, which is not counted.</summary>
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
            MarkFileDirty(old.Pfn);
        _memory.UnmapPmd(old.Pfn);
    }

    /// <summary>
    /// Maps a huge page by 512 entries instead of one (<c>__split_huge_pmd</c>). Anonymous memory gets its deposited table back; pages of a file
    /// are only unmapped, because faults map them again.
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
            table.Writable[(int)i] = huge.Plus(i);
        entry = new PmdEntry { Table = table };
    }

    /// <summary>
    /// Drops a page table whose pages a collapse of the file has unmapped (<c>retract_page_tables</c>), unless the area has pages of its
    /// own (guards count as such) or userfaultfd watches its stores. Poison markers go with it.
    /// </summary>
    internal void RetractTable(Vma area, ulong address)
    {
        if (!PmdAt(address).IsTable || area.AnonVma is not null || area.MayHaveGuards || (area.Flags & VmaFlags.UffdWriteProtect) != 0)
            return;
        ref PmdEntry entry = ref PmdFor(address);
        foreach (ref Pte pte in entry.Table!.Writable)
            Clear(ref pte);
        entry = default;
    }

    /// <summary>Removes <see cref="VmaFlags.MayWrite"/> from an area, as if its file were mapped read-only; makes pages with dirty entries dirty.</summary>
    internal void EndMayWrite(Vma area)
    {
        area.Flags &= ~VmaFlags.MayWrite;
        ForEachEntry(area.Start, area.End, MoveDirty);
    }

    private void MoveDirty(ref Pte pte, ulong address)
    {
        if (!pte.IsPresent || !pte.IsDirty)
            return;
        MarkFileDirty(pte.Pfn);
        pte = pte.Clean();
    }

    /// <summary>Drops the entries that map a file from one of its pages on.</summary>
    internal void ZapFrom(Vma area, uint filePage)
    {
        ulong start = filePage <= area.FilePage ? area.Start : area.Start + ((ulong)(filePage - area.FilePage) << 12);
        if (start < area.End)
            Zap(area, start, area.End, ZapKind.Truncate);
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

    /// <summary>Drops every huge mapping of a folio, the deposited page tables too (<c>__discard_anon_folio_pmd_locked</c>).</summary>
    internal void DropHugeMappingsOf(uint head)
    {
        foreach (PmdEntry[] entries in _pmds.Values)
        {
            foreach (ref PmdEntry entry in entries.AsSpan())
            {
                if (entry.IsHuge && entry.Huge.Pfn == head)
                    ClearHuge(ref entry);
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
        // The protection stays when the page is unmapped: in the new entry, or for a file as a marker (pte_install_uffd_wp_if_needed).
        if (pte.IsUffdWriteProtected && (replacement.IsSwap || replacement.IsPresent))
            replacement = replacement.UffdWriteProtected();
        else if (pte.IsUffdWriteProtected && replacement.IsNone && KeepsProtection(Find(address)!))
            replacement = Pte.WriteProtectMarker;
        Clear(ref pte);
        pte = replacement;
        if (replacement.IsSwap)
        {
            SwapEntries++;
            _machine.Swap.AddUser(replacement.Slot);
        }
    }

    /// <summary>A huge page across the boundary of an area is split (<c>vma_adjust_trans_huge</c>).</summary>
    internal void SplitHugeAcross(ulong boundary)
    {
        if ((boundary & HugeMask) != 0 && PmdAt(boundary).IsHuge)
            SplitPmd(boundary);
    }

    /// <summary>Drops the entries of an area in a range (<c>zap_page_range_single</c>, <c>unmap_vmas</c>).</summary>
    private void Zap(Vma area, ulong start, ulong end, ZapKind kind)
    {
        for (ulong address = start; address < end;)
        {
            ulong next = ulong.Min((address | HugeMask) + 1, end);
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
                bool isEmpty = true;
                Span<Pte> entries = entry.Table!.Writable;
                for (ulong at = address; at < next; at += NativeRegion.PageSize)
                    isEmpty &= ZapEntry(area, ref entries[PteIndex(at)], kind);
                if (whole && isEmpty && kind == ZapKind.DontNeed && _machine.Options.PageTableReclaim && _machine.Behavior.ReclaimsPageTables)
                    entry = default;
            }
            address = next;
        }
    }

    /// <summary>Drops one entry (<c>zap_present_ptes</c>, <c>zap_nonpresent_ptes</c>). Returns whether nothing is left.</summary>
    private bool ZapEntry(Vma area, ref Pte pte, ZapKind kind)
    {
        if (kind != ZapKind.Unmap)
        {
            // Only unmapping the area or removing the guard clears it; the write protection of a file's page stays without the page.
            if (pte.IsGuardMarker || (pte.IsWriteProtectMarker && !area.IsAnonymous))
                return false;
            if (pte.IsUffdWriteProtected && KeepsProtection(area))
            {
                Clear(ref pte);
                pte = Pte.WriteProtectMarker;
                return false;
            }
        }
        Clear(ref pte);
        return true;
    }

    /// <summary>Whether the write protection of a page stays as a marker when the page is dropped: for pages of files, while the area is registered.</summary>
    private static bool KeepsProtection(Vma area) => !area.IsAnonymous && (area.Flags & VmaFlags.UffdWriteProtect) != 0;

    /// <summary>
    /// Applies the area's protection to its entries (<c>change_protection</c>). If stores are allowed again, only exclusive anonymous pages become
    /// writable at once, and the others by faults (<c>can_change_pte_writable</c>).
    /// </summary>
    private void ProtectEntries(Vma area, ulong start, ulong end)
    {
        if ((area.Flags & VmaFlags.Write) == 0)
            ForEachEntry(start, end, static (ref Pte pte, ulong _) => pte = pte.IsPresent ? pte.ReadOnly() : pte);
        else
            // A huge page of which only a part changes is split nevertheless.
            ForEachEntry(start, end, static (ref Pte pte, ulong _) => pte = WritableWhereExclusive(pte));
    }

    private static Pte WritableWhereExclusive(Pte pte) => pte.IsPresent && pte.IsExclusive && !pte.IsUffdWriteProtected ? pte.Writable() : pte;

    /// <summary>
    /// Visits the entries of page tables in a range; skips ranges without a table. A huge page inside the range is visited as one entry, any other
    /// is split.
    /// </summary>
    private void ForEachEntry(ulong start, ulong end, EntryAction action)
    {
        for (ulong address = start; address < end;)
        {
            ulong next = ulong.Min((address | HugeMask) + 1, end);
            if (PmdAt(address).IsHuge)
            {
                if (next - address == NativeRegion.HugePageSize)
                {
                    action(ref PmdFor(address).Huge, address);
                    address = next;
                    continue;
                }
                SplitPmd(address);
            }
            if (PmdAt(address).Table is { } table)
            {
                for (ulong at = address; at < next; at += NativeRegion.PageSize)
                    action(ref table.Writable[PteIndex(at)], at);
            }
            address = next;
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

    /// <summary>Makes a file's page dirty when a dirty entry is cleared. For anonymous pages only the entries are dirty.</summary>
    private unsafe void MarkFileDirty(uint pfn)
    {
        ref Frame frame = ref _memory.Frames[_memory.HeadOf(pfn)];
        if (!frame.Has(PageFlags.Anonymous))
            frame.Flags |= PageFlags.Dirty;
    }
}
