namespace CopyMc.Simulation;

// fork(2): dup_mmap in mm/mmap.c, copy_page_range in mm/memory.c.
public sealed unsafe partial class AddressSpace
{
    /// <summary>Makes a child that shares every page until one of the two writes to it (<c>fork(2)</c>).</summary>
    /// <param name="child">The child; null unless the call succeeds.</param>
    /// <returns>
    /// <see cref="Errno.ENOMEM"/> if a page that is pinned for I/O, which fork copies at once, cannot be copied: memory is short, or the page is
    /// poisoned (<c>copy_pmd_range</c> has one error for both).
    /// </returns>
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
            Errno result = CopyAreas(made);
            isWhole = result == Errno.None;
            child = isWhole ? made : null;
            return result;
        }
        finally
        {
            // As in the kernel, shared pages stay read-only here until they are written.
            if (!isWhole)
                made.Exit();
        }
    }

    private Errno CopyAreas(AddressSpace child)
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
            // Faults can map pages of the file and zeros again, so they are not copied (vma_needs_copy).
            if (isWiped || (area.AnonVma is null && !area.MayHaveGuards && (copy.Flags & VmaFlags.UffdWriteProtect) == 0))
                continue;
            Errno result = CopyTables(area, copy);
            if (result != Errno.None)
                return result;
        }
        if (IsKnownToKhugepaged)
            _machine.EnterKhugepaged(child);
        return Errno.None;
    }

    private Errno CopyTables(Vma area, Vma copy)
    {
        AddressSpace child = copy.Space;
        HashSet<uint> pinned = [.. _pins.Where(pin => pin.Kind == PinKind.Io).Select(pin => _memory.HeadOf(pin.Pfn))];
        for (ulong address = area.Start; address < area.End;)
        {
            ulong next = ulong.Min((address | HugeMask) + 1, area.End);
            // The upper tables are copied even where they lead to nothing.
            if (HasPmdTable(address))
                _ = child.PmdFor(address);
            if (PmdAt(address).IsHuge)
                CopyHuge(ref PmdFor(address), copy, address, pinned);
            if (PmdAt(address).IsTable)
            {
                // Copies the table even if all of its entries are none.
                child.TableFor(address);
                PageTable table = PmdAt(address).Table!;
                for (; address < next; address += NativeRegion.PageSize)
                {
                    Errno result = CopyEntry(copy, address, ref table.Writable[PteIndex(address)], pinned);
                    if (result != Errno.None)
                        return result;
                }
            }
            address = next;
        }
        return Errno.None;
    }

    /// <summary>Copies a huge page's entry (<c>copy_huge_pmd</c>), or splits it if its pages must be copied one by one.</summary>
    private void CopyHuge(ref PmdEntry from, Vma copy, ulong address, HashSet<uint> pinned)
    {
        AddressSpace child = copy.Space;
        bool isZero = IsHugeZero(from.Huge);
        // A fault can map the huge page of a file again.
        if (!isZero && !_memory.IsAnonymous(from.Huge.Pfn))
            return;
        if (pinned.Contains(from.Huge.Pfn))
        {
            SplitPmd(address);
            return;
        }
        from.Huge = from.Huge.SharedByFork();
        ref PmdEntry made = ref child.PmdFor(address);
        if (isZero)
            child.SetHugeZero(ref made);
        else
            child.SetHuge(ref made, from.Huge.Pfn, writable: false, from.Huge.IsDirty, new PageTable());
        made.Huge = WithProtectionOf(from.Huge, made.Huge.Old(), copy);
    }

    /// <summary>
    /// Copies one entry (<c>copy_present_ptes</c>, <c>copy_nonpresent_pte</c>): poison, guards and swap entries always, write protection only together
    /// with the registration.
    /// </summary>
    private Errno CopyEntry(Vma copy, ulong address, ref Pte pte, HashSet<uint> pinned)
    {
        if (pte.IsNone || (pte.IsWriteProtectMarker && (copy.Flags & VmaFlags.UffdWriteProtect) == 0))
            return Errno.None;
        AddressSpace child = copy.Space;
        ref Pte made = ref child.TableFor(address).Writable[PteIndex(address)];
        if (pte.IsPresent && pte.Pfn != _memory.ZeroFrame)
        {
            uint head = _memory.HeadOf(pte.Pfn);
            // A device may write to a pinned page, so the parent keeps it and the child gets a copy.
            if (pte.IsExclusive && pinned.Count > 0 && pinned.Contains(head))
            {
                Errno copied = child.CopyPinned(copy, address, pte, ref made);
                made = WithProtectionOf(pte, made, copy);
                return copied;
            }
            // A shared page stays writable, and is clean for the child, which has not written it.
            if (!copy.IsShared)
                pte = pte.SharedByFork();
            child.SetFrame(ref made, pte.Pfn, pte.IsWritable, pte.IsDirty && !copy.IsShared);
            made = made.Old();
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
        made = WithProtectionOf(pte, made, copy);
        return Errno.None;
    }

    private static Pte WithProtectionOf(Pte from, Pte made, Vma copy) => !from.IsUffdWriteProtected || from.IsWriteProtectMarker ? made
        : (copy.Flags & VmaFlags.UffdWriteProtect) != 0 ? made.UffdWriteProtected() : made.UffdUnprotected();

    private Errno CopyPinned(Vma area, ulong address, Pte from, ref Pte made)
    {
        if (TryNewAnonymous(area, address, clear: false, out uint pfn) is not { IsDone: true })
            return Errno.ENOMEM;
        bool copied = _memory.TryCopyPages(from.Pfn, pfn, 1, out uint bad);
        if (!copied && !_machine.Behavior.CopyFaultRecoversFromPoison)
            throw _machine.Panic(bad);
        if (copied)
            SetFrame(ref made, pfn, (area.Flags & VmaFlags.Write) != 0, dirty: true);
        else
            _machine.MemoryFailure.Enqueue(bad);
        _memory.Put(pfn);
        return copied ? Errno.None : Errno.ENOMEM;
    }
}
