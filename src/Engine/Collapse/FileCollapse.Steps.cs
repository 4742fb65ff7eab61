using CopyMc.Simulation;

namespace CopyMc.Collapse;

// The steps, in order.
public sealed unsafe partial class FileCollapse
{
    private CollapseResult Scan()
    {
        _present = _swapped = 0;
        CollapseResult result = ScanSlots(ref _present, ref _swapped);
        if (result == CollapseResult.Succeed && _present < PageCount - Options.Limits?.MaxPtesNone)
        {
            Machine.Counters.ThpScanExceedNonePte++;
            result = CollapseResult.ExceedNonePte;
        }
        _passedScan = result == CollapseResult.Succeed;
        return result;
    }

    private CollapseResult ScanSlots(ref int present, ref int swapped)
    {
        for (uint i = 0; i < PageCount; i++)
        {
            PageCacheSlot slot = _file.SlotAt(_firstPage + i);
            if (slot.IsSwap)
            {
                if (++swapped > Options.Limits?.MaxPtesSwap)
                {
                    Machine.Counters.ThpScanExceedSwapPte++;
                    return CollapseResult.ExceedSwapPte;
                }
                continue;
            }
            if (!slot.IsPage)
                continue;
            uint head = Memory.HeadOf(slot.Pfn);
            _scanned = head;
            ref Frame frame = ref Memory.Frames[head];
            if (frame.Order == BuddyAllocator.HugeOrder && i == 0)
                return CollapseResult.PteMappedHugepage;
            if (!frame.Has(PageFlags.Lru))
                return CollapseResult.PageLru;
            if (frame.RefCount != Memory.ExpectedReferences(head) + (frame.Has(PageFlags.Private) ? 1 : 0))
                return CollapseResult.PageCount;
            present++;
        }
        return CollapseResult.Succeed;
    }

    private CollapseResult ReserveSlots()
    {
        if (Memory.Fails(FailurePoint.SlotReservation))
            return CollapseResult.Fail;
        _slots = _file.ChunkFor(_firstPage);
        return CollapseResult.Succeed;
    }

    private CollapseResult Isolate(int end)
    {
        for (; _isolatedEnd < end; _isolatedEnd++)
        {
            PageCacheSlot slot = _slots[_isolatedEnd];
            if (_file.IsShmem && slot.IsEmpty)
            {
                // A range without any page was truncated or punched meanwhile.
                if (_isolatedEnd == 0 && Array.TrueForAll(_slots, other => other.IsEmpty))
                    return CollapseResult.Truncated;
                _holes++;
                continue;
            }
            CollapseResult result = slot.IsPage && _file.IsReady(slot.Pfn) ? CollapseResult.Succeed : ReadIn((uint)_isolatedEnd, ref slot);
            if (result == CollapseResult.Succeed)
                result = IsolateFolio(Memory.HeadOf(slot.Pfn), (uint)_isolatedEnd);
            if (result != CollapseResult.Succeed)
                return result;
        }
        return CollapseResult.Succeed;
    }

    private CollapseResult ReadIn(uint index, ref PageCacheSlot slot)
    {
        uint page = _firstPage + index;
        if (page >= _file.LengthInPages || !_file.TryGetPage(page, out _).IsDone)
            return CollapseResult.Fail;
        slot = _slots[index];
        return CollapseResult.Succeed;
    }

    /// <summary>Locks, isolates and unmaps a folio, with the checks in the kernel's order. A failure undoes this.</summary>
    private CollapseResult IsolateFolio(uint head, uint index)
    {
        ref Frame frame = ref Memory.Frames[head];
        // The kernel checks a regular file's page for dirty and writeback without the page lock.
        if (!_file.IsShmem && (frame.Has(PageFlags.Dirty) || frame.Has(PageFlags.Writeback)))
            return Dirty;
        if (Memory.Fails(FailurePoint.PageLock) || !Memory.TryLock(head))
            return CollapseResult.PageLock;
        Memory.Get(head);
        CollapseResult result = CollapseResult.Succeed;
        if (!frame.Has(PageFlags.UpToDate))
            result = CollapseResult.Fail;
        else if (frame.Order == BuddyAllocator.HugeOrder && index == 0)
            result = CollapseResult.PteMappedHugepage;
        else if (frame.Owner != _file.Number)
            result = CollapseResult.Truncated;
        else if (Memory.Fails(FailurePoint.Isolate) || !Memory.TryIsolate(head))
            result = CollapseResult.DelPageLru;
        if (result != CollapseResult.Succeed)
        {
            Memory.Unlock(head);
            Memory.Put(head);
            return result;
        }

        if (frame.Has(PageFlags.Private))
            result = TryReleasePrivate(head) ? CollapseResult.Succeed : CollapseResult.PageHasPrivate;
        if (result == CollapseResult.Succeed)
        {
            ReverseMap.TryUnmap(Machine, head, static _ => default);
            // The references of the page cache, the isolation and this collapse. The holder of another one could still write to the page.
            if (Memory.Fails(FailurePoint.PageCount) || frame.RefCount != 2 + Memory.PagesOf(head))
                result = CollapseResult.PageCount;
            // Unmapping has moved the dirty bit of page table entries to the page.
            else if (!_file.IsShmem && frame.Has(PageFlags.Dirty))
                result = Dirty;
        }
        if (result != CollapseResult.Succeed)
        {
            Memory.PutBack(head);
            Memory.Put(head);
            return result;
        }
        _folios.Add(head);
        return CollapseResult.Succeed;
    }

    private CollapseResult Dirty => Behavior.ReportsDirtyPages ? CollapseResult.PageDirtyOrWriteback : CollapseResult.Fail;

    private bool TryReleasePrivate(uint head)
    {
        if (Memory.Fails(FailurePoint.ReleasePrivate))
            return false;
        Memory.Frames[head].Flags &= ~PageFlags.Private;
        Memory.Put(head);
        return true;
    }

    private CollapseResult ChargeHoles()
    {
        if (_holes == 0)
            return CollapseResult.Succeed;
        if (Memory.Fails(FailurePoint.HoleCharge) || !_file.TryCharge(_holes))
            return CollapseResult.Fail;
        _file.CachedPages += _holes;
        int holes = _holes;
        Undo.Push("give the holes back", () =>
        {
            _file.CachedPages -= holes;
            _file.Uncharge(holes);
        });
        return CollapseResult.Succeed;
    }

    private CollapseResult CopyPages(int most)
    {
        int end = int.Min(CopiedPages + most, PageCount);
        while (CopiedPages < end)
        {
            uint next = _folioCopied < _folios.Count ? _folios[_folioCopied] : Frame.Null;
            bool hole = next == Frame.Null || Memory.Frames[next].Index != _firstPage + (uint)CopiedPages;
            uint run = 1;
            int folios = hole ? 0 : 1;
            // Copies consecutive frames at once, as in anonymous memory.
            while (!hole && CopiedPages + run < end && IsNeighbour(_folioCopied + folios, next, run))
            {
                run++;
                folios++;
            }
            uint to = NewPage + (uint)CopiedPages;
            if (!Memory.TryCopyPages(hole ? Memory.ZeroFrame : next, to, run, out uint bad))
            {
                if (!hole && bad >= next && bad < next + run)
                    CopiedPages += (int)(bad - next);
                return Poisoned(bad);
            }
            CopiedPages += (int)run;
            _folioCopied += folios;
        }
        return CollapseResult.Succeed;
    }

    private bool IsNeighbour(int folio, uint first, uint distance) =>
        folio < _folios.Count && _folios[folio] == first + distance && Memory.Frames[_folios[folio]].Index == Memory.Frames[first].Index + distance;

    private CollapseResult CloseHoles()
    {
        if (_holes == 0)
            return CollapseResult.Succeed;
        Undo.Push("open the holes", OpenHoles);
        for (int i = 0; i < PageCount; i++)
        {
            if (!_slots[i].IsEmpty)
                continue;
            if (Memory.Fails(FailurePoint.Store))
                return CollapseResult.StoreFailed;
            _slots[i] = PageCacheSlot.Retry;
            _closedHoles++;
        }
        if (_closedHoles != _holes)
            return CollapseResult.PageFilled;
        // userfaultfd must report the fault that fills a hole in such an area.
        return Behavior.KeepsHolesForUserfaultfd && _file.Areas.Exists(IsWatchedHere) ? CollapseResult.ExceedNonePte : CollapseResult.Succeed;
    }

    /// <summary>Whether missing pages of the range are reported through an area; one that begins right after the range counts as well, as in the kernel.</summary>
    private bool IsWatchedHere(Vma area) =>
        (area.Flags & VmaFlags.UffdMissing) != 0
        && area.FilePage <= _firstPage + PageCount && area.FilePage + ((area.End - area.Start) >> 12) > _firstPage;

    private void OpenHoles()
    {
        for (int i = 0; i < PageCount; i++)
        {
            if (_slots[i].IsRetry)
                _slots[i] = default;
        }
    }

    /// <summary>Puts the huge page into the page cache. It is up to date before it can be found, and in all slots before it can be locked.</summary>
    private void Commit()
    {
        Undo.Commit();
        _committed = true;
        ref Frame frame = ref Memory.Frames[NewPage];
        frame.Flags |= PageFlags.UpToDate | (_file.IsShmem ? PageFlags.SwapBacked | PageFlags.Dirty : PageFlags.None);
        frame.Owner = _file.Number;
        frame.Index = _firstPage;
        // One reference for each slot; the first is that of the allocation.
        Memory.Get(NewPage, PageCount - 1);
        Memory.LruAdd(NewPage);
        for (uint i = 0; i < PageCount; i++)
            _slots[i] = PageCacheSlot.Page(NewPage + i);
        _file.CachedPages -= _holes;
        _file.CountCached(_holes);
        Memory.CountHugeInCache(NewPage, 1);
    }

    /// <returns>The result of the range.</returns>
    private CollapseResult Retract()
    {
        CollapseResult result = Behavior.RetractsEveryPageTable ? RetractAll() : RetractAndMap();
        Memory.Unlock(NewPage);
        NewPage = Frame.Null;
        foreach (uint head in _folios)
        {
            Memory.Frames[head].Owner = 0;
            Memory.EndIsolation(head);
            Memory.Unlock(head);
            Memory.Put(head, 2 + (int)Memory.PagesOf(head));
        }
        _folios.Clear();
        return result;
    }

    private CollapseResult RetractAll()
    {
        foreach (Vma area in _file.Areas)
        {
            if (area.TryAddressOf(_firstPage, out ulong address) && area.HoldsHugeRange(address))
                area.Space.RetractTable(area, address);
        }
        // The file has the huge page; MADV_COLLAPSE maps it afterwards (collapse_pte_mapped_thp).
        return Options.IsKhugepaged ? CollapseResult.Succeed : CollapseResult.PteMappedHugepage;
    }

    /// <summary>MADV_COLLAPSE maps the huge page in place of the caller's page table, and leaves those of other processes to khugepaged.</summary>
    private CollapseResult RetractAndMap()
    {
        CollapseResult result = CollapseResult.Fail;
        foreach (Vma area in _file.Areas)
        {
            if (!area.TryAddressOf(_firstPage, out ulong address))
                continue;
            bool isTarget = Options.FoundIn is { } found && found.Space == area.Space && found.Address == address;
            if (!isTarget && !Options.IsKhugepaged)
                continue;
            CollapseResult retracted = Retract(area, address);
            if (retracted == CollapseResult.Succeed && isTarget && !Options.IsKhugepaged)
                PteMappedCollapse.Install(area, address, NewPage);
            if (isTarget)
                result = retracted;
        }
        return result;
    }

    private static CollapseResult Retract(Vma area, ulong address)
    {
        AddressSpace space = area.Space;
        // The kernel overwrites its own SCAN_PAGE_ANON here.
        if (area.AnonVma is not null)
            return CollapseResult.Fail;
        if (!area.HoldsHugeRange(address))
            return CollapseResult.VmaCheck;
        if (space.PmdAt(address) is { IsTable: false } entry)
            return entry.IsHuge ? CollapseResult.PmdMapped : WithoutTable(space, address);
        // Another call holds the lock; khugepaged retries later.
        if (!space.Lock.CanWrite)
            return CollapseResult.PteMappedHugepage;
        if ((area.Flags & VmaFlags.UffdWriteProtect) != 0)
            return CollapseResult.PteUffd;
        space.RetractTable(area, address);
        return CollapseResult.Succeed;
    }

    /// <summary>Releases the pages in the order of the file, as the kernel does: the last page is the most recently used afterwards.</summary>
    private void ReleasePages()
    {
        foreach (uint head in _folios)
        {
            Memory.PutBack(head);
            Memory.Put(head);
        }
        _folios.Clear();
    }
}
