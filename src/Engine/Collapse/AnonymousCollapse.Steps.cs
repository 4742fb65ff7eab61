using System.Runtime.CompilerServices;
using CopyMc.Simulation;

namespace CopyMc.Collapse;

// The steps, in order.
public sealed unsafe partial class AnonymousCollapse
{
    private CollapseResult Scan()
    {
        _lookedAt = -1;
        (_swapped, _noneScanned, _referencedScanned) = (0, 0, 0);
        bool writable = false;
        CollapseResult result = FindTable(out PageTable? table);
        if (result == CollapseResult.Succeed)
            result = ScanEntries(table!.Entries, out writable);
        if (result == CollapseResult.Succeed && !writable && !Behavior.CollapsesWithoutWritablePage)
            result = CollapseResult.PageRo;
        // Only khugepaged requires that the pages were referenced.
        if (result == CollapseResult.Succeed && Options.IsKhugepaged && (_referencedScanned == 0 || (_swapped > 0 && _referencedScanned < PageCount / 2)))
            result = CollapseResult.LackReferencedPage;
        _scanned = _lookedAt;
        _referenced = _referencedScanned;
        _passedScan = result == CollapseResult.Succeed;
        return result;
    }

    private CollapseResult ScanEntries(ReadOnlySpan<Pte> entries, out bool writable)
    {
        // Local variables: a field would be loaded and stored for every entry.
        PhysicalMemory memory = Memory;
        uint zeroFrame = memory.ZeroFrame;
        Frame* frames = memory.Frames;
        Vma? area = _space.Find(_address);
        bool uffdArmed = area?.IsUffdArmed ?? false, keepsLazyFree = KeepsLazyFree(area);
        int maxSwap = Options.Limits?.MaxPtesSwap ?? PageCount, maxNone = Options.Limits?.MaxPtesNone ?? PageCount;
        int scanned = 0, swapped = 0, none = 0, shared = 0, referenced = 0;
        long lookedAt = -1;
        bool anyWritable = false;
        CollapseResult result = CollapseResult.Succeed;
        for (; scanned < entries.Length && result == CollapseResult.Succeed; scanned++)
        {
            Pte pte = entries[scanned];
            if (pte.IsSwapLike)
            {
                if (++swapped > maxSwap)
                {
                    Machine.Counters.ThpScanExceedSwapPte++;
                    result = CollapseResult.ExceedSwapPte;
                }
                else if (pte.IsUffdWriteProtected)
                {
                    result = CollapseResult.PteUffd;
                }
                continue;
            }
            if (IsNoneOrZero(pte, zeroFrame))
            {
                if (++none > maxNone || uffdArmed)
                {
                    Machine.Counters.ThpScanExceedNonePte++;
                    result = CollapseResult.ExceedNonePte;
                }
                continue;
            }
            if (pte.IsUffdWriteProtected)
            {
                result = CollapseResult.PteUffd;
                continue;
            }
            anyWritable |= pte.IsWritable;
            uint head = memory.HeadOf(pte.Pfn);
            lookedAt = head;
            ref Frame frame = ref frames[head];
            if (keepsLazyFree || !frame.IsOrdinary)
                result = ScanFolio(memory, pte, head, keepsLazyFree, ref shared);
            if ((pte.IsYoung || frame.Has(PageFlags.Referenced)) && result == CollapseResult.Succeed)
                referenced++;
        }
        EntriesScanned = scanned;
        (_swapped, _noneScanned, _referencedScanned, _lookedAt) = (swapped, none, referenced, lookedAt);
        writable = anyWritable;
        return result;
    }

    private CollapseResult ScanFolio(PhysicalMemory memory, Pte pte, uint head, bool keepsLazyFree, ref int shared)
    {
        CollapseResult result = Examine(memory, pte, head, keepsLazyFree, ref shared);
        if (result != CollapseResult.Succeed)
            return result;
        ref Frame frame = ref memory.Frames[head];
        if (!frame.Has(PageFlags.Lru))
            return CollapseResult.PageLru;
        if (frame.Has(PageFlags.Locked))
            return CollapseResult.PageLock;
        return frame.RefCount == memory.ExpectedReferences(head) ? CollapseResult.Succeed : CollapseResult.PageCount;
    }

    /// <summary>The checks that scan and isolation share, for a page that is not <see cref="Frame.IsOrdinary"/>.</summary>
    private CollapseResult Examine(PhysicalMemory memory, Pte pte, uint head, bool keepsLazyFree, ref int shared)
    {
        ref Frame frame = ref memory.Frames[head];
        if (!frame.Has(PageFlags.Anonymous))
            return CollapseResult.PageAnon;
        if (keepsLazyFree && IsLazyFree(pte, frame))
            return CollapseResult.PageLazyFree;
        if (IsShared(memory, pte.Pfn, head) && ++shared > Options.Limits?.MaxPtesShared)
        {
            Machine.Counters.ThpScanExceedSharePte++;
            return CollapseResult.ExceedSharedPte;
        }
        return CollapseResult.Succeed;
    }

    private CollapseResult LockForRead()
    {
        _space.Lock.Read();
        Undo.Push("mmap_read_unlock", _space.EndRead);
        CollapseResult result = Revalidate();
        return result == CollapseResult.Succeed ? FindTable(out _) : result;
    }

    private CollapseResult SwapIn(int index)
    {
        // Looks the table up each time, because it may have been freed between two pages.
        CollapseResult result = FindTable(out PageTable? table);
        if (result == CollapseResult.Succeed)
        {
            ref Pte pte = ref table!.Writable[index];
            if (pte.IsSwapLike)
            {
                result = _space.SwapIn(_area!, _address + (ulong)index * NativeRegion.PageSize, ref pte).Outcome switch
                {
                    AccessOutcome.Done => CollapseResult.Succeed,
                    AccessOutcome.Waits => CollapseResult.PageLock,
                    _ => CollapseResult.Fail,
                };
                _swappedIn += result == CollapseResult.Succeed ? 1 : 0;
            }
        }
        if (result != CollapseResult.Succeed || index == PageCount - 1)
        {
            Options.Trace?.Add(
                "mm_collapse_huge_page_swapin", ("mm", _space.Number), ("swapped_in", _swappedIn),
                ("referenced", _referenced), ("ret", (int)result));
        }
        return result;
    }

    private void EndRead()
    {
        Undo.Remove("mmap_read_unlock");
        _space.EndRead();
    }

    private CollapseResult LockForWrite()
    {
        _space.Lock.Write();
        Undo.Push("mmap_write_unlock", _space.EndWrite);
        CollapseResult result = Revalidate();
        if (result == CollapseResult.Succeed)
            result = Memory.Fails(FailurePoint.PmdCheck) ? WithoutTable(_space, _address) : FindTable(out _table);
        if (result == CollapseResult.Succeed)
        {
            _area!.AnonVma!.Lock();
            Undo.Push("anon_vma_unlock_write", EndReverseMapLock);
        }
        return result;
    }

    /// <summary>Clears the PMD, so that no walk of the page table finds the pages. The simulation has no TLB to flush.</summary>
    private void DetachPageTable()
    {
        _space.PmdFor(_address) = default;
        Undo.Push("put the PMD back", LinkPageTable);
    }

    private CollapseResult Isolate(int end)
    {
        // Local variables, as in the scan.
        PhysicalMemory memory = Memory;
        ReadOnlySpan<Pte> entries = _table!.Entries;
        if (_isolatedEnd == 0)
            (_noneIsolated, _sharedIsolated, _referenced, _lookedAt, _isWritableIsolated) = (0, 0, 0, -1, false);
        bool uffdArmed = _area!.IsUffdArmed, keepsLazyFree = KeepsLazyFree(_area);
        (int referenced, bool writable) = (_referenced, _isWritableIsolated);
        CollapseResult result = CollapseResult.Succeed;
        int i = _isolatedEnd;
        for (; i < end && result == CollapseResult.Succeed; i++)
            result = IsolateEntry(memory, entries[i], uffdArmed, keepsLazyFree, ref referenced, ref writable);
        (_referenced, _isWritableIsolated) = (referenced, writable);
        _isolatedEnd = result == CollapseResult.Succeed ? i : i - 1;
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CollapseResult IsolateEntry(PhysicalMemory memory, Pte pte, bool uffdArmed, bool keepsLazyFree, ref int referenced, ref bool writable)
    {
        if (IsNoneOrZero(pte, memory.ZeroFrame))
        {
            if (++_noneIsolated > Options.Limits?.MaxPtesNone || uffdArmed)
            {
                Machine.Counters.ThpScanExceedNonePte++;
                return CollapseResult.ExceedNonePte;
            }
            return CollapseResult.Succeed;
        }
        if (!pte.IsPresent)
            return CollapseResult.PteNonPresent;
        if (pte.IsUffdWriteProtected)
            return CollapseResult.PteUffd;
        uint head = memory.HeadOf(pte.Pfn);
        _lookedAt = head;
        ref Frame frame = ref memory.Frames[head];
        if (!keepsLazyFree && frame.IsOrdinary && memory.FailureInjection is null)
        {
            memory.IsolateOrdinary(head);
        }
        else
        {
            CollapseResult result = Examine(memory, pte, head, keepsLazyFree, ref _sharedIsolated);
            if (result != CollapseResult.Succeed)
                return result;
            bool large = frame.Order > 0;
            if (!large || !_largeFolios.Contains(head))
            {
                CollapseResult isolated = IsolateFolio(memory, head);
                if (isolated != CollapseResult.Succeed)
                    return isolated;
                if (large)
                    _largeFolios.Add(head);
            }
        }
        if (pte.IsYoung || frame.Has(PageFlags.Referenced))
            referenced++;
        writable |= pte.IsWritable;
        return CollapseResult.Succeed;
    }

    private CollapseResult IsolateFolio(PhysicalMemory memory, uint head)
    {
        if (memory.Fails(FailurePoint.PageLock) || !memory.TryLock(head))
            return CollapseResult.PageLock;
        if (memory.Fails(FailurePoint.PageCount) || memory.Frames[head].RefCount != memory.ExpectedReferences(head))
        {
            memory.Unlock(head);
            return CollapseResult.PageCount;
        }
        if (memory.Fails(FailurePoint.Isolate) || !memory.TryIsolate(head))
        {
            memory.Unlock(head);
            return CollapseResult.DelPageLru;
        }
        return CollapseResult.Succeed;
    }

    private CollapseResult CheckIsolated() =>
        !_isWritableIsolated && !Behavior.CollapsesWithoutWritablePage ? CollapseResult.PageRo
        : Options.IsKhugepaged && _referenced == 0 ? CollapseResult.LackReferencedPage : CollapseResult.Succeed;

    private void UnlockReverseMap()
    {
        Undo.Remove("anon_vma_unlock_write");
        EndReverseMapLock();
        // From here on the undo must link the page table before it releases a page: rmap walks must find an unlocked page mapped.
        Undo.MoveToTop("put the PMD back");
    }

    private CollapseResult CopyPages(int most)
    {
        ReadOnlySpan<Pte> entries = _table!.Entries;
        int end = int.Min(CopiedPages + most, PageCount);
        while (CopiedPages < end)
        {
            Pte first = entries[CopiedPages];
            bool hole = IsNoneOrZero(first, Memory.ZeroFrame);
            int run = 1;
            // Copies consecutive frames at once: one long copy is faster than many of a page.
            while (!hole && CopiedPages + run < end && entries[CopiedPages + run].IsPresent && entries[CopiedPages + run].Pfn == first.Pfn + (uint)run)
                run++;
            if (!Memory.TryCopyPages(hole ? Memory.ZeroFrame : first.Pfn, NewPage + (uint)CopiedPages, (uint)run, out uint bad))
            {
                if (bad >= first.Pfn && bad < first.Pfn + (uint)run && !hole)
                    CopiedPages += (int)(bad - first.Pfn);
                return Poisoned(bad);
            }
            CopiedPages += run;
        }
        return CollapseResult.Succeed;
    }

    /// <summary>Unmaps the small pages, whose content is in the huge page now, and frees those without another mapping.</summary>
    private void FreeSources()
    {
        Undo.Commit();
        Frame* frames = Memory.Frames;
        Span<Pte> entries = _table!.Writable;
        for (int i = 0; i < PageCount; i++)
        {
            Pte pte = entries[i];
            if (pte.IsPresent && pte.Pfn != Memory.ZeroFrame)
            {
                uint pfn = pte.Pfn;
                if (frames[pfn].Order == 0)
                {
                    if (frames[pfn].RefCount == 2)
                    {
                        // The isolation and this mapping hold the last references, so the page need not return to the LRU first.
                        Memory.EndIsolation(pfn);
                        Memory.Put(pfn);
                    }
                    else
                    {
                        Memory.PutBack(pfn);
                    }
                }
                _space.Clear(ref entries[i]);
            }
            entries[i] = default;
        }
        foreach (uint head in _largeFolios)
        {
            Memory.PutBack(head);
        }
        _largeFolios.Clear();
        _isolatedEnd = 0;
    }

    /// <summary>Maps the huge page. One simulated processor needs no barrier to make the content visible before the mapping.</summary>
    private void Install()
    {
        _space.MakeAnonymous(_area!, _address, NewPage);
        Memory.LruAdd(NewPage);
        _space.SetHuge(ref _space.PmdFor(_address), NewPage, (_area!.Flags & VmaFlags.Write) != 0, dirty: true, deposit: _table);
        Memory.Put(NewPage);
        NewPage = Frame.Null;
        _isolatedEnd = PageCount;
        _table = null;
        _space.EndWrite();
    }

    private void LinkPageTable() => _space.PmdFor(_address).Table = _table;

    private void EndReverseMapLock() => _area!.AnonVma!.Unlock();

    /// <summary>Releases the pages in reverse order, then the large folios, as the kernel does: the first page is the most recently used afterwards.</summary>
    private void ReleasePages()
    {
        PhysicalMemory memory = Memory;
        ReadOnlySpan<Pte> entries = _table!.Entries;
        for (int i = _isolatedEnd - 1; i >= 0; i--)
        {
            Pte pte = entries[i];
            if (pte.IsPresent && pte.Pfn != memory.ZeroFrame && memory.Frames[pte.Pfn].Order == 0)
                memory.PutBack(pte.Pfn);
        }
        _isolatedEnd = 0;
        foreach (uint head in _largeFolios)
            Memory.PutBack(head);
        _largeFolios.Clear();
    }

    /// <summary>Checks the area again, after the lock was dropped (<c>hugepage_vma_revalidate</c>).</summary>
    private CollapseResult Revalidate()
    {
        if (_space.HasExited || (Behavior.ThpDisableEndsCollapse && _space.ThpDisable == ThpDisable.Completely))
            return CollapseResult.AnyProcess;
        _area = Memory.Fails(FailurePoint.Revalidate) ? null : _space.Find(_address);
        if (_area is null)
            return CollapseResult.VmaNull;
        if (!_area.HoldsHugeRange(_address))
            return CollapseResult.AddressRange;
        if (!ThpEligibility.Allows(_area, Options.IsKhugepaged))
            return CollapseResult.VmaCheck;
        return _area.File is null && _area.AnonVma is not null ? CollapseResult.Succeed : CollapseResult.PageAnon;
    }

    private CollapseResult FindTable(out PageTable? table)
    {
        PmdEntry entry = _space.PmdAt(_address);
        table = entry.Table;
        return entry.IsHuge ? CollapseResult.PmdMapped : entry.IsTable ? CollapseResult.Succeed : WithoutTable(_space, _address);
    }

    /// <summary>Whether the collapse refuses pages after <c>MADV_FREE</c>, because it would make them ordinary memory. Droppable memory stays droppable.</summary>
    private bool KeepsLazyFree(Vma? area) =>
        Behavior.KeepsLazyFreePages && Options.IsKhugepaged && area is not null && (area.Flags & VmaFlags.Droppable) == 0;

    private bool IsShared(PhysicalMemory memory, uint pfn, uint head) =>
        _countsFolios ? memory.IsMappedShared(head) : memory.IsPageMappedShared(pfn);

    private static bool IsLazyFree(Pte pte, in Frame frame) => !pte.IsDirty && frame.Has(PageFlags.Anonymous) && !frame.Has(PageFlags.SwapBacked);

    private static bool IsNoneOrZero(Pte pte, uint zeroFrame) => pte.IsNone || (pte.IsPresent && pte.Pfn == zeroFrame);

    private void TraceIsolate(CollapseResult result) => Options.Trace?.Add(
        "mm_collapse_huge_page_isolate", ("scan_pfn", _lookedAt), ("none_or_zero", _noneIsolated), ("referenced", _referenced), ("status", result.ToTraceStatus()));
}
