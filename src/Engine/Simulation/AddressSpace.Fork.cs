namespace CopyMc.Simulation;

// fork(2): dup_mmap in mm/mmap.c, copy_page_range in mm/memory.c.
public sealed unsafe partial class AddressSpace
{
    /// <summary>Makes a child that shares every page until one of the two writes to it (<c>fork(2)</c>).</summary>
    /// <param name="child">The child; null unless the call succeeds.</param>
    /// <returns><see cref="Errno.ENOMEM"/> if a page that is pinned for I/O cannot be copied.</returns>
    /// <exception cref="ObjectDisposedException">The process has ended.</exception>
    /// <exception cref="InvalidOperationException">A page has 65,535 references already; there is no child then.</exception>
    public SystemCallResult Fork(out AddressSpace? child)
    {
        child = null;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        ObjectDisposedException.ThrowIf(HasExited, this);
        AddressSpace made = _machine.NewProcess(Cgroup);
        bool isWhole = false;
        try
        {
            isWhole = TryCopyAreas(made);
        }
        finally
        {
            // As in the kernel, what was shared stays read-only here until it is written to.
            if (!isWhole)
                made.Exit();
        }
        if (!isWhole)
            return Errno.ENOMEM;
        child = made;
        return Errno.None;
    }

    /// <summary>False if there was no memory for a copy.</summary>
    private bool TryCopyAreas(AddressSpace child)
    {
        child.ThpDisable = ThpDisable;
        foreach (Vma area in Areas)
        {
            if ((area.Flags & VmaFlags.DontFork) != 0)
                continue;
            bool keepsUserfaultfd = area.Userfaultfd is { } watcher && (watcher.Features & UserfaultfdFeatures.EventFork) != 0;
            VmaFlags flags = area.Flags & ~(VmaFlagSets.Lock | (keepsUserfaultfd ? VmaFlags.None : VmaFlagSets.Userfaultfd));
            var copy = new Vma(child, area.Start, area.End, flags, area.File, area.FilePage) { MayHaveGuards = area.MayHaveGuards };
            bool isWiped = (area.Flags & VmaFlags.WipeOnFork) != 0;
            if (!isWiped && area.AnonVma is not null)
            {
                copy.CloneAnonVma(area, isSameProcess: false);
                if (copy.AnonVma is null)
                    copy.SetAnonVma(_machine.NewAnonVma(area.AnonVma));
            }
            child._areas.Add(copy);
            if (keepsUserfaultfd)
                copy.Userfaultfd = area.Userfaultfd!.ForChild(child);
            // Pages that are only a file's, and zeros, come back by faults (vma_needs_copy).
            if (!isWiped && (area.AnonVma is not null || area.MayHaveGuards || (copy.Flags & VmaFlags.UffdWriteProtect) != 0)
                && !TryCopyTables(area, copy))
                return false;
        }
        if (IsKnownToKhugepaged)
            _machine.EnterKhugepaged(child);
        return true;
    }

    private bool TryCopyTables(Vma area, Vma copy)
    {
        AddressSpace child = copy.Space;
        for (ulong address = area.Start; address < area.End;)
        {
            ulong next = ulong.Min((address | HugeMask) + 1, area.End);
            if (PmdAt(address).IsHuge)
                CopyHuge(ref PmdFor(address), copy, address);
            if (PmdAt(address).IsTable)
            {
                PageTable table = PmdAt(address).Table!;
                for (; address < next; address += NativeRegion.PageSize)
                {
                    if (!TryCopyEntry(area, copy, address, ref table.Writable[PteIndex(address)]))
                        return false;
                }
            }
            address = next;
        }
        return true;
    }

    private void CopyHuge(ref PmdEntry from, Vma copy, ulong address)
    {
        AddressSpace child = copy.Space;
        if (IsHugeZero(from.Huge))
        {
            child.SetHugeZero(ref child.PmdFor(address));
            return;
        }
        // A file's comes back by a fault (copy_huge_pmd skips areas that are not anonymous).
        if (!_memory.IsAnonymous(from.Huge.Pfn))
            return;
        if (IsPinnedForIo(from.Huge.Pfn))
        {
            SplitPmd(address);
            return;
        }
        from.Huge = from.Huge.ReadOnly();
        child.SetHuge(ref child.PmdFor(address), from.Huge.Pfn, writable: false, dirty: false, new PageTable());
        if (from.Huge.IsUffdWriteProtected && (copy.Flags & VmaFlags.UffdWriteProtect) != 0)
            child.PmdFor(address).Huge = child.PmdFor(address).Huge.UffdWriteProtected();
    }

    /// <summary>Copies one entry (<c>copy_present_ptes</c>, <c>copy_nonpresent_pte</c>). False if there is no memory for a page that is copied at once.</summary>
    private bool TryCopyEntry(Vma area, Vma copy, ulong address, ref Pte pte)
    {
        if (pte.IsNone)
            return true;
        AddressSpace child = copy.Space;
        bool keepsProtection = (copy.Flags & VmaFlags.UffdWriteProtect) != 0;
        // copy_pte_marker: poison and guards go with every fork, the protection only with the registration.
        if (pte.IsWriteProtectMarker && !keepsProtection)
            return true;
        ref Pte made = ref child.TableFor(address).Writable[PteIndex(address)];
        if (pte.IsPresent && pte.Pfn != _memory.ZeroFrame)
        {
            bool isAnonymous = _memory.IsAnonymous(_memory.HeadOf(pte.Pfn));
            // A device may write to the page while it is pinned: the parent keeps it, and the child gets a copy.
            if (isAnonymous && IsPinnedForIo(pte.Pfn))
                return child.TryCopyPinned(copy, address, pte, ref made);
            if (!area.IsShared)
                pte = pte.ReadOnly();
            child.SetFrame(ref made, pte.Pfn, writable: pte.IsWritable && area.IsShared, dirty: pte.IsDirty && !area.IsShared && !isAnonymous);
        }
        else
        {
            if (pte.IsSwap)
            {
                _machine.Swap.AddUser(pte.Slot);
                child.SwapEntries++;
            }
            made = pte;
        }
        if (pte.IsUffdWriteProtected && !pte.IsWriteProtectMarker)
            made = keepsProtection ? made.UffdWriteProtected() : made.UffdUnprotected();
        return true;
    }

    private bool TryCopyPinned(Vma area, ulong address, Pte from, ref Pte made)
    {
        if (TryNewAnonymous(area, address, clear: false, out uint pfn) is not { IsDone: true })
            return false;
        bool copied = _memory.TryCopyPages(from.Pfn, pfn, 1, out uint bad);
        if (!copied && !_machine.Behavior.CopyFaultRecoversFromPoison)
            throw _machine.Panic(bad);
        if (copied)
            SetFrame(ref made, pfn, (area.Flags & VmaFlags.Write) != 0, dirty: true);
        else
            _machine.MemoryFailure.Enqueue(bad);
        _memory.Put(pfn);
        return copied;
    }

    private bool IsPinnedForIo(uint pfn)
    {
        uint head = _memory.HeadOf(pfn);
        return _pins.Exists(pin => pin.Kind == PinKind.Io && _memory.HeadOf(pin.Pfn) == head);
    }
}
