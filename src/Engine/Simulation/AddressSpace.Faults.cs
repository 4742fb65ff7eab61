namespace CopyMc.Simulation;

// Accesses of the process to its memory, and page faults (mm/memory.c).
public sealed unsafe partial class AddressSpace
{
    /// <summary>Stores bytes, faulting pages in as needed.</summary>
    /// <param name="address">The first address; the bytes must not cross into another page.</param>
    /// <param name="bytes">The bytes to store.</param>
    /// <returns>Done, the signal that the process would get, or what the access waits for.</returns>
    /// <exception cref="ArgumentException">The bytes cross a page, or <paramref name="bytes"/> is itself in lost or poisoned memory.</exception>
    public AccessResult Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        ThrowIfCrossing(address, bytes.Length);
        AccessResult result = FaultIn(address, write: true, out uint pfn);
        if (!result.IsDone)
            return result;
        return _memory.TryStore(bytes, _memory.ContentOf(pfn) + address % NativeRegion.PageSize) ? AccessResult.Done : Poisoned(pfn);
    }

    /// <summary>Loads bytes, faulting pages in as needed. Nothing is loaded from a poisoned line.</summary>
    /// <param name="address">The first address; the bytes must not cross into another page.</param>
    /// <param name="bytes">Receives the bytes.</param>
    /// <returns>Done, the signal that the process would get, or what the access waits for.</returns>
    /// <exception cref="ArgumentException">The bytes cross a page, or <paramref name="bytes"/> is itself in lost or poisoned memory.</exception>
    public AccessResult Read(ulong address, Span<byte> bytes)
    {
        ThrowIfCrossing(address, bytes.Length);
        AccessResult result = FaultIn(address, write: false, out uint pfn);
        if (!result.IsDone)
            return result;
        return _memory.TryLoad(_memory.ContentOf(pfn) + address % NativeRegion.PageSize, bytes) ? AccessResult.Done : Poisoned(pfn);
    }

    /// <summary>Pins the page at an address (<c>get_user_pages</c>), without the mmap lock if it is mapped already.</summary>
    /// <param name="address">The address.</param>
    /// <param name="page">The page; dispose it to unpin. Null unless the result is done.</param>
    /// <param name="kind">The kind of pin. A page that is pinned for I/O is faulted in as for a store, any other as for a load.</param>
    /// <returns>Done, the signal that a load or store would raise, or what the call waits for.</returns>
    /// <exception cref="InvalidOperationException">The page has 65,535 references already.</exception>
    public AccessResult TryPin(ulong address, out PinnedPage? page, PinKind kind = PinKind.Reference)
    {
        page = null;
        _machine.ThrowIfGone();
        bool write = kind == PinKind.Io;
        if (Find(address) is not { } area || (area.Flags & (write ? VmaFlags.Write : VmaFlags.Read)) == 0)
            return Find(address) is null ? AccessResult.MapError : AccessResult.AccessError;
        Pte entry = EntryAt(address);
        if (!entry.IsPresent || (write && !entry.IsWritable))
        {
            AccessResult result = FaultIn(address, write, out _);
            if (!result.IsDone)
                return result;
            entry = EntryAt(address);
        }
        // References to the zero page are not counted.
        if (entry.Pfn != _memory.ZeroFrame)
            _memory.Get(_memory.HeadOf(entry.Pfn));
        page = new PinnedPage(this, entry.Pfn, kind);
        _pins.Add(page);
        return AccessResult.Done;
    }

    internal void Unpin(PinnedPage page)
    {
        if (_pins.Remove(page) && page.Pfn != _memory.ZeroFrame)
            _memory.Put(_memory.HeadOf(page.Pfn));
    }

    /// <summary>Faults a page in for a load or a store.</summary>
    internal AccessResult FaultIn(ulong address, bool write, out uint pfn)
    {
        pfn = Frame.Null;
        if (!_lock.CanRead)
            return AccessResult.Waits(WaitReason.MmapLock);
        if (Find(address) is null && !_lock.CanWrite)
            return AccessResult.Waits(WaitReason.MmapLock);
        if ((Find(address) ?? GrowDown(address)) is not { } area)
            return AccessResult.MapError;
        // A page that may be written or executed may be read on x86 and arm64 (access_error).
        if ((area.Flags & (write ? VmaFlags.Write : VmaFlagSets.Access)) == 0)
            return AccessResult.AccessError;
        if ((area.Flags & VmaFlags.Special) != 0)
            return AccessResult.BusAddressError;

        ref PmdEntry pmd = ref PmdFor(address);
        if (pmd.IsNone)
            MapHugeAtFault(area, address, write, ref pmd);
        // A protected huge page is reported as a whole (wp_huge_pmd).
        if (pmd.IsHuge && write && IsReported(area, pmd.Huge))
            return AccessResult.Waits(WaitReason.UserfaultfdWriteProtect);
        if (pmd.IsHuge && write && IsHugeZero(pmd.Huge) && _machine.Behavior.ReplacesHugeZeroPage)
            ReplaceHugeZero(area, address, ref pmd);
        if (pmd.IsHuge && !TryUseHuge(area, address, write, ref pmd, out pfn))
            SplitPmd(address);
        if (pmd.IsHuge)
            return AccessResult.Done;

        pmd.Table ??= new PageTable();
        ref Pte pte = ref pmd.Table.Writable[PteIndex(address)];
        AccessResult result = FaultEntry(area, address, write, ref pte);
        if (result == AccessResult.Done)
            pfn = pte.Pfn;
        return result;
    }

    /// <summary>Swaps one page in (<c>do_swap_page</c>), for a fault or for the swap-in step of a collapse.</summary>
    internal AccessResult SwapIn(Vma area, ulong address, ref Pte pte)
    {
        if (pte.IsHwPoison || pte.IsPoisonMarker)
            return AccessResult.MemoryError;
        if (pte.IsGuardMarker)
            return AccessResult.MapError;
        if (!pte.IsSwap || _memory.Fails(FailurePoint.ReadIn))
            return AccessResult.BusAddressError;

        uint slot = pte.Slot;
        AccessResult result = TryNewAnonymous(area, address, clear: false, out uint pfn);
        if (!result.IsDone)
            return result;
        if (_memory.Engine.Copy(_machine.Swap.Content(slot), _memory.ContentOf(pfn), NativeRegion.PageSize) != 0)
        {
            _machine.MemoryFailure.Enqueue(pfn);
            _memory.Put(pfn);
            return AccessResult.MemoryError;
        }
        _machine.Counters.PSwpIn++;
        // The slot is freed, so the page has the only copy (folio_free_swap).
        _memory.Frames[pfn].Flags |= PageFlags.Dirty;
        bool isProtected = pte.IsUffdWriteProtected;
        Clear(ref pte);
        SetFrame(ref pte, pfn, (area.Flags & VmaFlags.Write) != 0, dirty: true);
        if (isProtected)
            pte = pte.UffdWriteProtected();
        _memory.Put(pfn);
        return AccessResult.Done;
    }

    private AccessResult FaultEntry(Vma area, ulong address, bool write, ref Pte pte)
    {
        if (pte.IsSwap || pte.IsHwPoison || pte.IsPoisonMarker || pte.IsGuardMarker)
        {
            AccessResult swapped = SwapIn(area, address, ref pte);
            if (!swapped.IsDone)
                return swapped;
        }
        // A marker that a registration left behind is dropped (pte_marker_clear).
        if (pte.IsWriteProtectMarker && (area.Flags & VmaFlags.UffdWriteProtect) == 0)
            pte = default;
        bool isProtected = pte.IsWriteProtectMarker;
        if (pte.IsNone || isProtected)
        {
            AccessResult result = FaultMissing(area, address, write, ref pte);
            if (!result.IsDone)
                return result;
            // The page is mapped first, with the protection of the marker, which the store then finds.
            if (isProtected)
                pte = pte.UffdWriteProtected();
        }
        if (write && IsReported(area, pte))
            return AccessResult.Waits(WaitReason.UserfaultfdWriteProtect);
        if (write && !pte.IsWritable)
        {
            AccessResult result = FaultWrite(area, address, ref pte);
            if (!result.IsDone)
                return result;
        }
        pte = pte.Used(write);
        return AccessResult.Done;
    }

    /// <summary>Whether a store to the page is reported (<c>userfaultfd_pte_wp</c>).</summary>
    private static bool IsReported(Vma area, Pte pte) => pte.IsUffdWriteProtected && !pte.IsWritable && (area.Flags & VmaFlags.UffdWriteProtect) != 0;

    private AccessResult FaultMissing(Vma area, ulong address, bool write, ref Pte pte)
    {
        // The area gets its anon_vma before userfaultfd is asked (vmf_anon_prepare).
        if (!area.IsShared && (write || (area.File is null && !_machine.Options.UseZeroPage)))
            PrepareAnonVma(area);
        Pte marker = pte;
        pte = default;
        AccessResult result = area.File is not null ? FaultFile(area, address, write, ref pte)
            : (area.Flags & VmaFlags.UffdMissing) != 0 ? AccessResult.Waits(WaitReason.UserfaultfdMissing)
            : FaultAnonymous(area, address, write, ref pte);
        if (!result.IsDone)
            pte = marker;
        return result;
    }

    private AccessResult FaultAnonymous(Vma area, ulong address, bool write, ref Pte pte)
    {
        if (!write && _machine.Options.UseZeroPage)
        {
            pte = Pte.Of(_memory.ZeroFrame, writable: false, dirty: false, young: true);
            return AccessResult.Done;
        }
        AccessResult result = TryNewAnonymous(area, address, clear: true, out uint pfn);
        if (!result.IsDone)
            return result;
        bool isWritable = (area.Flags & VmaFlags.Write) != 0;
        SetFrame(ref pte, pfn, isWritable, dirty: isWritable);
        _memory.Put(pfn);
        return AccessResult.Done;
    }

    private AccessResult FaultFile(Vma area, ulong address, bool write, ref Pte pte)
    {
        uint page = area.PageIndex(address);
        if (!write)
            MapAround(area, address);
        if (pte.IsPresent)
            return AccessResult.Done;
        // A page is missing if it is not in the page cache, regardless of the page table (shmem_get_folio_gfp).
        WaitReason watched = area.File!.IsBeyondEnd(page) ? WaitReason.None
            : area.File.SlotAt(page).IsEmpty ? ((area.Flags & VmaFlags.UffdMissing) != 0 ? WaitReason.UserfaultfdMissing : WaitReason.None)
            : (area.Flags & VmaFlags.UffdMinor) != 0 ? WaitReason.UserfaultfdMinor : WaitReason.None;
        if (watched != WaitReason.None)
            return AccessResult.Waits(watched);
        AccessResult result = area.File.TryGetPage(page, out uint pfn);
        if (!result.IsDone)
            return result;
        if (write && !area.IsShared)
            return CopyOnWrite(area, address, pfn, ref pte, _machine.Behavior.CopyFaultRecoversFromPoison);
        SetFrame(ref pte, pfn, area.IsShared && (area.Flags & VmaFlags.Write) != 0, dirty: false);
        if (write)
            MapWholeFolio(area, address, pfn);
        return AccessResult.Done;
    }

    /// <summary>
    /// A load maps the cached pages of the 64 KiB of the file around it, or of its large folio (<c>do_fault_around</c>), before the fault of the
    /// page itself is handled or reported, unless userfaultfd watches for write-protected pages or minor faults.
    /// </summary>
    private void MapAround(Vma area, ulong address)
    {
        const ulong Window = 16 * NativeRegion.PageSize;
        if ((area.Flags & (VmaFlags.UffdWriteProtect | VmaFlags.UffdMinor)) != 0)
            return;
        ulong start = ulong.Max(address & ~(Window - 1), area.Start);
        ulong end = ulong.Min(ulong.Min(start + Window, (address | HugeMask) + 1), area.End);
        ulong huge = address & ~HugeMask;
        // If the file ends within its huge page and the 64 KiB begin before that end, the whole huge page is mapped.
        bool isHuge = _machine.Behavior.MapsWholeFolioAround && area.HoldsHugeRange(huge) && area.File!.TryGetHuge(area.PageIndex(huge), out _)
            && !area.File!.IsBeyondEnd(area.PageIndex(start));
        if (isHuge)
            (start, end) = (huge, huge + NativeRegion.HugePageSize);
        bool writable = area.IsShared && (area.Flags & VmaFlags.Write) != 0;
        Span<Pte> entries = PmdFor(address).Table!.Writable;
        for (ulong at = start; at < end; at += NativeRegion.PageSize)
        {
            ref Pte entry = ref entries[PteIndex(at)];
            if (entry.IsNone && area.File!.TryFindReady(area.PageIndex(at), out uint pfn, evenBeyondEnd: isHuge && area.File!.IsShmem))
                SetFrame(ref entry, pfn, writable, dirty: false);
        }
    }

    /// <summary>Maps all pages of a large folio of shmem for a store to one of them, if none is mapped yet (<c>finish_fault</c>).</summary>
    private void MapWholeFolio(Vma area, ulong address, uint pfn)
    {
        uint head = _memory.HeadOf(pfn);
        uint pages = _memory.PagesOf(head);
        ulong start = address - ((ulong)(pfn - head) << 12);
        if (pages == 1 || !area.File!.IsShmem || area.IsUffdArmed || start % NativeRegion.HugePageSize != 0 || !area.HoldsHugeRange(start))
            return;
        Span<Pte> entries = PmdFor(address).Table!.Writable;
        for (int i = 0; i < pages; i++)
        {
            if (!entries[i].IsNone && i != PteIndex(address))
                return;
        }
        for (int i = 0; i < pages; i++)
        {
            if (entries[i].IsNone)
                SetFrame(ref entries[i], head + (uint)i, writable: true, dirty: true);
        }
    }

    private AccessResult FaultWrite(Vma area, ulong address, ref Pte pte)
    {
        if (area.IsShared)
        {
            pte = pte.Writable();
            return AccessResult.Done;
        }
        if (!pte.IsExclusive && !IsLastReference(pte.Pfn))
            return CopyOnWrite(area, address, pte.Pfn, ref pte);
        pte = pte.Writable().Exclusive();
        return AccessResult.Done;
    }

    /// <summary>Whether only entries of this process refer to an anonymous page, so that it can be written in place (<c>wp_can_reuse_anon_folio</c>).</summary>
    private bool IsLastReference(uint pfn)
    {
        uint head = _memory.HeadOf(pfn);
        return pfn != _memory.ZeroFrame && _memory.IsAnonymous(head) && !IsLocked(head)
            && _memory.Frames[head].RefCount == _memory.MapCountOf(head) && !_memory.IsMappedShared(head);
    }

    private AccessResult CopyOnWrite(Vma area, ulong address, uint from, ref Pte pte, bool recovers = true)
    {
        AccessResult result = TryNewAnonymous(area, address, clear: false, out uint pfn);
        if (!result.IsDone)
            return result;
        if (!_memory.TryCopyPages(from, pfn, 1, out uint bad))
        {
            if (!recovers)
                throw _machine.Panic(bad);
            _memory.Put(pfn);
            return Poisoned(bad);
        }
        Clear(ref pte);
        SetFrame(ref pte, pfn, writable: true, dirty: true);
        _memory.Put(pfn);
        return AccessResult.Done;
    }

    /// <summary>Allocates a page of anonymous memory, on the LRU, not mapped yet, with one reference.</summary>
    private AccessResult TryNewAnonymous(Vma area, ulong address, bool clear, out uint pfn)
    {
        do
        {
            if (!_memory.TryAllocate(0, Cgroup, out pfn, out bool zeroed))
                return AccessResult.OutOfMemory;
            // A frame that cannot be cleared is bad, so another one is allocated.
            if (!clear || zeroed || _memory.TryClear(pfn))
                break;
            _machine.MemoryFailure.Enqueue(pfn);
            _memory.Put(pfn);
            _machine.MemoryFailure.RunPending();
        }
        while (true);
        MakeAnonymous(area, address, pfn);
        _memory.LruAdd(pfn);
        return AccessResult.Done;
    }

    internal void MakeAnonymous(Vma area, ulong address, uint head)
    {
        ref Frame frame = ref _memory.Frames[head];
        // Droppable memory never goes to swap.
        frame.Flags |= PageFlags.Anonymous | PageFlags.UpToDate | ((area.Flags & VmaFlags.Droppable) != 0 ? PageFlags.None : PageFlags.SwapBacked);
        frame.Owner = PrepareAnonVma(area).Number;
        frame.Index = area.PageIndex(address);
    }

    /// <summary>Returns the area's anon_vma, and makes one before its first anonymous page (<c>anon_vma_prepare</c>).</summary>
    /// <remarks>Areas that differ only in properties that can change share their neighbour's (<c>find_mergeable_anon_vma</c>).</remarks>
    internal AnonVma PrepareAnonVma(Vma area)
    {
        if (area.AnonVma is null)
            area.SetAnonVma(_areas.FindShareable(area) ?? _machine.NewAnonVma());
        return area.AnonVma!;
    }

    private void MapHugeAtFault(Vma area, ulong address, bool write, ref PmdEntry pmd)
    {
        ulong start = address & ~(ulong)(NativeRegion.HugePageSize - 1);
        if (!area.HoldsHugeRange(start))
            return;
        if (area.File is { } file)
        {
            // A minor fault is reported first, and never maps more than a page.
            if ((area.Flags & VmaFlags.UffdMinor) == 0 && (area.IsShared || !write)
                && !(_machine.Behavior.RefusesToMapHugePages && ThpEligibility.Refuses(area, isForced: true)) && file.TryGetHuge(area.PageIndex(start), out uint huge))
                SetHuge(ref pmd, huge, area.IsShared && (area.Flags & VmaFlags.Write) != 0, dirty: false, deposit: null);
            return;
        }
        if (!ThpEligibility.AllowsAtFault(area))
            return;
        PrepareAnonVma(area);
        _machine.EnterKhugepaged(area);
        // If the area is registered for missing pages, userfaultfd reports the small page.
        if (!_machine.HugePagesAtFault || (area.Flags & VmaFlags.UffdMissing) != 0)
            return;
        if (!write && _machine.Options.UseZeroPage)
        {
            SetHugeZero(ref pmd);
            return;
        }
        MapNewHuge(area, start, ref pmd);
    }

    /// <summary>Replaces the huge zero page with a new huge page for a store, if one is free (<c>do_huge_zero_wp_pmd</c>).</summary>
    private void ReplaceHugeZero(Vma area, ulong address, ref PmdEntry pmd)
    {
        PmdEntry zero = pmd;
        pmd = default;
        MapNewHuge(area, address & ~HugeMask, ref pmd);
        if (pmd.IsNone)
            pmd = zero;
    }

    private void MapNewHuge(Vma area, ulong start, ref PmdEntry pmd)
    {
        if (!_memory.TryAllocate(BuddyAllocator.HugeOrder, Cgroup, out uint head, out bool zeroed))
            return;
        bool clean = true;
        for (uint i = 0; i < PageTable.EntryCount && clean && !zeroed; i++)
            clean = _memory.TryClear(head + i);
        if (clean)
        {
            MakeAnonymous(area, start, head);
            _memory.LruAdd(head);
            SetHuge(ref pmd, head, (area.Flags & VmaFlags.Write) != 0, dirty: true, deposit: new PageTable());
            _machine.Counters.ThpFaultAlloc++;
        }
        _memory.Put(head);
    }

    private bool TryUseHuge(Vma area, ulong address, bool write, ref PmdEntry pmd, out uint pfn)
    {
        Pte huge = pmd.Huge;
        if (IsHugeZero(huge))
        {
            // For a store it was split, because no huge page was free.
            pfn = _memory.ZeroFrame;
            return !write;
        }
        pfn = huge.Pfn + (uint)PteIndex(address);
        if (write && !huge.IsWritable)
        {
            bool isAlone = huge.IsExclusive || IsLastReference(huge.Pfn);
            if (!isAlone && !area.IsShared)
                return false;
            huge = isAlone ? huge.Writable().Exclusive() : huge.Writable();
        }
        pmd.Huge = huge.Used(write);
        return true;
    }

    private AccessResult Poisoned(uint pfn)
    {
        _machine.MemoryFailure.Enqueue(pfn);
        return AccessResult.MemoryError;
    }

    private static void ThrowIfCrossing(ulong address, int length)
    {
        if (address % NativeRegion.PageSize + (ulong)length > NativeRegion.PageSize)
            throw new ArgumentException("An access must not cross a page boundary.", nameof(length));
    }
}
