namespace CopyMc.Simulation;

// What the process does with its memory, and the page faults that this takes (mm/memory.c).
public sealed unsafe partial class AddressSpace
{
    /// <summary>Stores bytes, faulting pages in as needed.</summary>
    /// <param name="address">The first address; the bytes must not cross into another page.</param>
    /// <param name="bytes">What to store.</param>
    /// <exception cref="ArgumentException">The bytes cross a page.</exception>
    public AccessResult Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        ThrowIfCrossing(address, bytes.Length);
        AccessResult result = FaultIn(address, write: true, out uint pfn);
        if (result != AccessResult.Done)
            return result;
        fixed (byte* source = bytes)
        {
            nuint length = (nuint)bytes.Length;
            return _memory.Engine.Copy(source, _memory.ContentOf(pfn) + address % NativeRegion.PageSize, length) == 0
                ? AccessResult.Done
                : Poisoned(pfn);
        }
    }

    /// <summary>Loads bytes, faulting pages in as needed. Nothing is loaded from a poisoned line.</summary>
    /// <param name="address">The first address; the bytes must not cross into another page.</param>
    /// <param name="bytes">Where they go.</param>
    /// <exception cref="ArgumentException">The bytes cross a page.</exception>
    public AccessResult Read(ulong address, Span<byte> bytes)
    {
        ThrowIfCrossing(address, bytes.Length);
        AccessResult result = FaultIn(address, write: false, out uint pfn);
        if (result != AccessResult.Done)
            return result;
        fixed (byte* destination = bytes)
        {
            nuint length = (nuint)bytes.Length;
            return _memory.Engine.Copy(_memory.ContentOf(pfn) + address % NativeRegion.PageSize, destination, length) == 0
                ? AccessResult.Done
                : Poisoned(pfn);
        }
    }

    /// <summary>Holds the page at an address in place (<c>pin_user_pages</c>); without the mmap lock where it is mapped already.</summary>
    /// <exception cref="InvalidOperationException">The page has 65,535 references already.</exception>
    public AccessResult TryPin(ulong address)
    {
        Pte entry = EntryAt(address);
        if (!entry.IsPresent || entry.Pfn == _memory.ZeroFrame)
        {
            AccessResult result = FaultIn(address, write: true, out _);
            if (result != AccessResult.Done)
                return result;
            entry = EntryAt(address);
        }
        _memory.Get(_memory.HeadOf(entry.Pfn));
        _pins.Add(entry.Pfn);
        return AccessResult.Done;
    }

    /// <summary>Lets go of the page pinned first.</summary>
    /// <returns>False if nothing is pinned.</returns>
    public bool Unpin()
    {
        if (_pins.Count == 0)
            return false;
        _memory.Put(_memory.HeadOf(_pins[0]));
        _pins.RemoveAt(0);
        return true;
    }

    /// <summary>Makes sure that an address is mapped for a load or a store.</summary>
    internal AccessResult FaultIn(ulong address, bool write, out uint pfn)
    {
        pfn = Frame.Null;
        if (!_lock.CanRead)
            return AccessResult.WouldBlock;
        if (Find(address) is not { } area || (area.Flags & (write ? VmaFlags.Write : VmaFlags.Read)) == 0)
            return AccessResult.SegmentationFault;
        if ((area.Flags & VmaFlags.Special) != 0)
            return AccessResult.BusError;

        ref PmdEntry pmd = ref PmdFor(address);
        if (pmd.IsNone)
            MapHugeAtFault(area, address, write, ref pmd);
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

    /// <summary>Brings one swapped page in (<c>do_swap_page</c>): also for a collapse, before it takes anything.</summary>
    internal AccessResult SwapIn(Vma area, ulong address, ref Pte pte)
    {
        if (pte.IsHwPoison || pte.IsPoisonMarker)
            return AccessResult.BusError;
        if (pte.IsGuardMarker)
            return AccessResult.SegmentationFault;
        if (!pte.IsSwap || _memory.Fails(FailurePoint.ReadIn))
            return AccessResult.BusError;

        uint slot = pte.Slot;
        AccessResult result = TryNewAnonymous(area, address, clear: false, out uint pfn);
        if (result != AccessResult.Done)
            return result;
        if (_memory.Engine.Copy(_machine.Swap.Content(slot), _memory.ContentOf(pfn), NativeRegion.PageSize) != 0)
        {
            _machine.MemoryFailure.Enqueue(pfn);
            _memory.Put(pfn);
            return AccessResult.BusError;
        }
        _machine.Counters.PSwpIn++;
        Clear(ref pte);
        SetFrame(ref pte, pfn, (area.Flags & VmaFlags.Write) != 0, dirty: true);
        _memory.Put(pfn);
        return AccessResult.Done;
    }

    private AccessResult FaultEntry(Vma area, ulong address, bool write, ref Pte pte)
    {
        if (pte.IsSwap || pte.IsHwPoison || pte.IsPoisonMarker || pte.IsGuardMarker)
        {
            AccessResult swapped = SwapIn(area, address, ref pte);
            if (swapped != AccessResult.Done)
                return swapped;
        }
        // Whoever watches with userfaultfd would have to answer first.
        if ((pte.IsNone && (area.Flags & VmaFlags.UffdMissing) != 0) || (write && pte.IsUffdWriteProtected))
            return AccessResult.WouldBlock;
        bool protectedMarker = pte.IsWriteProtectMarker;
        if (protectedMarker)
            pte = default;

        AccessResult result = AccessResult.Done;
        if (pte.IsNone)
            result = area.File is null ? FaultAnonymous(area, address, write, ref pte) : FaultFile(area, address, write, ref pte);
        else if (write && !pte.IsWritable)
            result = FaultWrite(area, address, ref pte);
        if (protectedMarker)
            pte = result == AccessResult.Done ? pte.UffdWriteProtected() : Pte.WriteProtectMarker;
        if (result == AccessResult.Done)
            pte = pte.Used(write);
        return result;
    }

    private AccessResult FaultAnonymous(Vma area, ulong address, bool write, ref Pte pte)
    {
        if (!write)
        {
            pte = Pte.Of(_memory.ZeroFrame, writable: false, dirty: false, young: true);
            return AccessResult.Done;
        }
        AccessResult result = TryNewAnonymous(area, address, clear: true, out uint pfn);
        if (result != AccessResult.Done)
            return result;
        SetFrame(ref pte, pfn, writable: true, dirty: true);
        _memory.Put(pfn);
        return AccessResult.Done;
    }

    private AccessResult FaultFile(Vma area, ulong address, bool write, ref Pte pte)
    {
        AccessResult result = area.File!.TryGetPage(area.PageIndex(address), out uint pfn);
        if (result != AccessResult.Done)
            return result;
        if (write && !area.IsShared)
            return CopyOnWrite(area, address, pfn, ref pte);
        SetFrame(ref pte, pfn, writable: area.IsShared && (area.Flags & VmaFlags.Write) != 0, dirty: false);
        return AccessResult.Done;
    }

    private AccessResult FaultWrite(Vma area, ulong address, ref Pte pte)
    {
        uint pfn = pte.Pfn;
        if (area.IsShared)
        {
            pte = Pte.Of(pfn, writable: true, dirty: true, young: true);
            return AccessResult.Done;
        }
        // The last to map a page of its own may simply write to it.
        if (pfn != _memory.ZeroFrame && _memory.IsAnonymous(_memory.HeadOf(pfn)) && _memory.Frames[pfn] is { Order: 0, MapCount: 1, RefCount: 1 })
        {
            pte = Pte.Of(pfn, writable: true, dirty: true, young: true);
            return AccessResult.Done;
        }
        return CopyOnWrite(area, address, pfn, ref pte);
    }

    private AccessResult CopyOnWrite(Vma area, ulong address, uint from, ref Pte pte)
    {
        AccessResult result = TryNewAnonymous(area, address, clear: false, out uint pfn);
        if (result != AccessResult.Done)
            return result;
        if (!_memory.TryCopyPages(from, pfn, 1, out uint bad))
        {
            _memory.Put(pfn);
            return Poisoned(bad);
        }
        Clear(ref pte);
        SetFrame(ref pte, pfn, writable: true, dirty: true);
        _memory.Put(pfn);
        return AccessResult.Done;
    }

    /// <summary>A page of anonymous memory, on the LRU, mapped nowhere yet, with one reference.</summary>
    private AccessResult TryNewAnonymous(Vma area, ulong address, bool clear, out uint pfn)
    {
        do
        {
            if (!_memory.TryAllocate(0, Cgroup, out pfn, out bool zeroed))
                return AccessResult.OutOfMemory;
            // A frame that cannot even be cleared is bad: another one is taken.
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
        frame.Flags |= PageFlags.Anonymous | PageFlags.SwapBacked | PageFlags.UpToDate;
        frame.Owner = PrepareAnonVma(area).Number;
        frame.Index = area.PageIndex(address);
    }

    /// <summary>The area's family (<c>anon_vma_prepare</c>); an area is given one before the first page of its own.</summary>
    private AnonVma PrepareAnonVma(Vma area)
    {
        if (area.AnonVma is null)
        {
            area.AnonVma = _machine.NewAnonVma();
            area.AnonVma.Areas.Add(area);
        }
        return area.AnonVma;
    }

    private void MapHugeAtFault(Vma area, ulong address, bool write, ref PmdEntry pmd)
    {
        ulong start = address & ~(ulong)(NativeRegion.HugePageSize - 1);
        if (!area.HoldsHugeRange(start) || area.IsUffdArmed)
            return;
        if (area.File is { } file)
        {
            if ((area.IsShared || !write) && !ThpEligibility.Refuses(area) && file.TryGetHuge(area.PageIndex(start), out uint huge))
                SetHuge(ref pmd, huge, area.IsShared && (area.Flags & VmaFlags.Write) != 0, dirty: false, deposit: null);
            return;
        }
        if (!ThpEligibility.AllowsAtFault(area))
            return;
        if (!write)
        {
            PrepareAnonVma(area);
            SetHugeZero(ref pmd);
            return;
        }
        if (!_memory.TryAllocate(BuddyAllocator.HugeOrder, Cgroup, out uint head, out bool zeroed))
            return;
        bool clean = true;
        for (uint i = 0; i < PageTable.EntryCount && clean && !zeroed; i++)
            clean = _memory.TryClear(head + i);
        if (clean)
        {
            MakeAnonymous(area, start, head);
            _memory.LruAdd(head);
            SetHuge(ref pmd, head, writable: true, dirty: true, deposit: new PageTable());
            _machine.Counters.ThpFaultAlloc++;
        }
        _memory.Put(head);
    }

    private bool TryUseHuge(Vma area, ulong address, bool write, ref PmdEntry pmd, out uint pfn)
    {
        Pte huge = pmd.Huge;
        if (IsHugeZero(huge))
        {
            // A write has it split.
            pfn = _memory.ZeroFrame;
            return !write;
        }
        pfn = huge.Pfn + (uint)PteIndex(address);
        if (write && !huge.IsWritable)
        {
            bool alone = area.File is null && _memory.MapCountOf(huge.Pfn) == 1 && _memory.Frames[huge.Pfn].RefCount == 1;
            if (!alone && !area.IsShared)
                return false;
            huge = Pte.Of(huge.Pfn, writable: true, dirty: true, young: true);
        }
        pmd.Huge = huge.Used(write);
        return true;
    }

    private AccessResult Poisoned(uint pfn)
    {
        _machine.MemoryFailure.Enqueue(pfn);
        return AccessResult.BusError;
    }

    private static void ThrowIfCrossing(ulong address, int length)
    {
        if (address % NativeRegion.PageSize + (ulong)length > NativeRegion.PageSize)
            throw new ArgumentException("One access stays in one page.", nameof(length));
    }
}
