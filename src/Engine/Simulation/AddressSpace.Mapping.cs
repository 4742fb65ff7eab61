namespace CopyMc.Simulation;

// mmap(2), munmap(2), mprotect(2), mlock(2), mseal(2): mm/mmap.c, mm/vma.c, mm/mprotect.c, mm/mlock.c, mm/mseal.c.
public sealed partial class AddressSpace
{
    /// <summary>Maps memory on the first free 2 MiB boundary after all other mappings.</summary>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <param name="protection">The allowed accesses.</param>
    /// <param name="flags"><see cref="MapFlags.Shared"/> or <see cref="MapFlags.Private"/>, and any other flags.</param>
    /// <param name="file">The file; <see langword="null"/>: anonymous memory.</param>
    /// <param name="offset">The first byte of the file that is mapped; a multiple of 4096.</param>
    /// <returns>The address, or the errno.</returns>
    public SystemCallResult Mmap(
        ulong length, Protection protection = Protection.ReadWrite, MapFlags flags = MapFlags.Private, SimulatedFile? file = null, ulong offset = 0) =>
        Mmap(0, length, protection, flags & ~(MapFlags.Fixed | MapFlags.FixedNoReplace), file, offset);

    /// <summary>Maps memory (<c>mmap(2)</c>).</summary>
    /// <param name="address">
    /// The address; without <see cref="MapFlags.Fixed"/> a hint, which is taken if it is a page boundary and the range is free.
    /// </param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <param name="protection">The allowed accesses.</param>
    /// <param name="flags"><see cref="MapFlags.Shared"/> or <see cref="MapFlags.Private"/>, and any other flags.</param>
    /// <param name="file">The file, which may end before the mapping does; <see langword="null"/>: anonymous memory.</param>
    /// <param name="offset">The first byte of the file that is mapped; a multiple of 4096.</param>
    /// <returns>The address, or the errno.</returns>
    /// <exception cref="ArgumentException">The file belongs to another machine.</exception>
    /// <exception cref="ObjectDisposedException">The process has ended.</exception>
    public SystemCallResult Mmap(
        ulong address, ulong length, Protection protection, MapFlags flags, SimulatedFile? file = null, ulong offset = 0)
    {
        ObjectDisposedException.ThrowIf(HasExited, this);
        file?.ThrowIfNotOf(_machine);
        bool isShared = (flags & MapFlags.Shared) != 0, isDroppable = (flags & MapFlags.Droppable) != 0;
        if (length == 0 || (offset & PageMask) != 0 || (isShared ? 1 : 0) + ((flags & MapFlags.Private) != 0 ? 1 : 0) + (isDroppable ? 1 : 0) != 1)
            return Errno.EINVAL;
        if (isDroppable && (!_machine.Behavior.HasDroppableMemory || file is not null || (flags & MapFlags.Locked) != 0))
            return Errno.EINVAL;
        if ((flags & MapFlags.GrowsDown) != 0 && (file is not null || isShared))
            return Errno.EINVAL;
        if (length > EndOfAddresses)
            return Errno.ENOMEM;
        length = (length + PageMask) & ~PageMask;
        if (file is not null && (offset > SimulatedFile.MaxLength || length > SimulatedFile.MaxLength - offset))
            return Errno.EINVAL;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);

        // Shared anonymous memory is an unnamed file of shmem.
        if (isShared && file is null && (flags & MapFlags.Special) == 0)
            (file, offset) = (_machine.NewFile(length, isShmem: true, isUnnamed: true, Cgroup), 0);
        Errno placed = Place(ref address, length, flags);
        if (placed != Errno.None)
            return placed;
        Errno opened = FlagsFor(protection, flags, file, out VmaFlags vmaFlags);
        if (opened != Errno.None)
            return opened;
        if ((flags & MapFlags.Fixed) != 0)
        {
            if (IsRefusedBySeal(address, address + length))
                return Errno.EPERM;
            UnmapRange(address, address + length);
        }

        uint firstPage = (uint)((file is null ? address : offset) >> 12);
        var added = new Vma(this, address, address + length, vmaFlags, file, firstPage);
        if (_areas.MergeNew(added) is null)
        {
            _areas.Add(added);
            _machine.EnterKhugepaged(added);
        }
        if ((flags & (MapFlags.Locked | MapFlags.Populate)) != 0 && (vmaFlags & VmaFlags.Special) == 0)
            BringIn(address, address + length, ignoreFaults: true);
        return SystemCallResult.Returned(address);
    }

    /// <summary>Unmaps a range (<c>munmap(2)</c>); parts of it may be unmapped already.</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <returns>Done, or the errno.</returns>
    public SystemCallResult Munmap(ulong address, ulong length)
    {
        if ((address & PageMask) != 0 || length == 0 || address > EndOfAddresses || length > EndOfAddresses - address)
            return Errno.EINVAL;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        ulong end = address + ((length + PageMask) & ~PageMask);
        if (IsRefusedBySeal(address, end))
            return Errno.EPERM;
        UnmapRange(address, end);
        return Errno.None;
    }

    /// <summary>Changes the allowed accesses of a range (<c>mprotect(2)</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <param name="protection">The accesses that are allowed from now on.</param>
    /// <returns>Done, or the errno.</returns>
    public SystemCallResult Mprotect(ulong address, ulong length, Protection protection)
    {
        if ((address & PageMask) != 0)
            return Errno.EINVAL;
        if (length == 0)
            return Errno.None;
        ulong end = address + ((length + PageMask) & ~PageMask);
        if (end <= address)
            return Errno.ENOMEM;
        if ((protection & ~(Protection.ReadWrite | Protection.Execute)) != 0)
            return Errno.EINVAL;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        ulong reached = address;
        foreach (Vma area in _areas.In(address, end))
        {
            if (area.Start > reached)
                return Errno.ENOMEM;
            VmaFlags flags = (area.Flags & ~VmaFlagSets.Access) | VmaFlagSets.Of(protection);
            if ((flags & VmaFlags.Write) != 0 && area.IsShared && (area.Flags & VmaFlags.MayWrite) == 0)
                return Errno.EACCES;
            if ((area.Flags & VmaFlags.Sealed) != 0)
                return Errno.EPERM;
            reached = ulong.Min(area.End, end);
            Protect(area, ulong.Max(area.Start, address), reached, flags);
        }
        return reached < end ? Errno.ENOMEM : Errno.None;
    }

    /// <summary>Locks a range in memory and faults its pages in (<c>mlock(2)</c>, <c>mlock2(2)</c>).</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="length">Bytes; the range is rounded out to pages.</param>
    /// <param name="onFault">Whether pages are locked when they are faulted in, instead of being faulted in now (<c>MLOCK_ONFAULT</c>).</param>
    /// <returns><see cref="Errno.ENOMEM"/> also if a page cannot be faulted in; the range is locked nevertheless.</returns>
    public SystemCallResult Mlock(ulong address, ulong length, bool onFault = false)
    {
        SystemCallResult result = SetLock(ref address, length, onFault ? VmaFlagSets.Lock : VmaFlags.Locked, out ulong end);
        if (!result.IsDone)
            return result;
        SystemCallResult broughtIn = BringIn(address, end, ignoreFaults: false);
        return broughtIn.Error switch { Errno.EFAULT or Errno.EHWPOISON => Errno.ENOMEM, Errno.ENOMEM => Errno.EAGAIN, _ => broughtIn };
    }

    /// <summary>Unlocks a range (<c>munlock(2)</c>).</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="length">Bytes; the range is rounded out to pages.</param>
    /// <returns>Done, or the errno.</returns>
    public SystemCallResult Munlock(ulong address, ulong length) => SetLock(ref address, length, VmaFlags.None, out _);

    /// <summary>Seals a range: it can no longer be unmapped, moved or replaced, and its protection cannot change (<c>mseal(2)</c>, Linux 6.10).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <returns>Done, or the errno.</returns>
    public SystemCallResult Mseal(ulong address, ulong length)
    {
        if (!_machine.Behavior.HasSeals)
            return Errno.ENOSYS;
        if ((address & PageMask) != 0)
            return Errno.EINVAL;
        ulong end = address + ((length + PageMask) & ~PageMask);
        if (end < address)
            return Errno.EINVAL;
        if (end == address)
            return Errno.None;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        if (!_areas.Covers(address, end))
            return Errno.ENOMEM;
        foreach (Vma area in _areas.In(address, end))
            _areas.Modify(area, ulong.Max(area.Start, address), ulong.Min(area.End, end), area.Flags | VmaFlags.Sealed, area.Userfaultfd);
        return Errno.None;
    }

    private Errno Place(ref ulong address, ulong length, MapFlags flags)
    {
        bool isFixed = (flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0;
        if (isFixed)
        {
            if ((address & PageMask) != 0)
                return Errno.EINVAL;
            if (address > EndOfAddresses - length)
                return Errno.ENOMEM;
            return (flags & MapFlags.Fixed) == 0 && _areas.IsAnyIn(address, address + length) ? Errno.EEXIST : Errno.None;
        }
        address &= ~PageMask;
        if (address != 0 && address <= EndOfAddresses - length && !_areas.IsAnyIn(address, address + length))
            return Errno.None;
        // Leaves a gap, so that areas do not merge by accident.
        address = Areas.Count == 0 ? FirstAddress : (Areas[^1].End + NativeRegion.HugePageSize + HugeMask) & ~HugeMask;
        return address <= EndOfAddresses - length ? Errno.None : Errno.ENOMEM;
    }

    /// <summary>Sets the flags of a new area, or returns an errno if the file may not be mapped in this way.</summary>
    private static Errno FlagsFor(Protection protection, MapFlags flags, SimulatedFile? file, out VmaFlags result)
    {
        result = VmaFlagSets.Of(protection);
        bool isShared = (flags & MapFlags.Shared) != 0;
        if (isShared)
        {
            result |= VmaFlags.Shared;
            if (file is not null && file.RefusesWritableMapping)
            {
                if ((protection & Protection.Write) != 0)
                    return Errno.EPERM;
            }
            else if (file is null || file.IsShmem || file.IsOpenForWrite || (protection & Protection.Write) != 0)
            {
                result |= VmaFlags.MayWrite;
            }
        }
        if ((flags & MapFlags.Special) != 0)
            result |= VmaFlags.Special;
        if ((flags & MapFlags.GrowsDown) != 0)
            result |= VmaFlags.GrowsDown;
        if ((flags & MapFlags.Locked) != 0)
            result |= VmaFlags.Locked;
        if ((flags & MapFlags.NoReserve) != 0)
            result |= VmaFlags.NoReserve;
        if ((flags & MapFlags.Droppable) != 0)
            result |= VmaFlags.Droppable | VmaFlags.NoReserve | VmaFlags.WipeOnFork;
        if ((result & (VmaFlags.Shared | VmaFlags.Write | VmaFlags.NoReserve)) == VmaFlags.Write)
            result |= VmaFlags.Account;
        return Errno.None;
    }

    /// <summary><c>mprotect_fixup</c>.</summary>
    private void Protect(Vma area, ulong start, ulong end, VmaFlags flags)
    {
        const VmaFlags Accounted = VmaFlags.Account | VmaFlags.Write | VmaFlags.Shared | VmaFlags.NoReserve;
        if (flags == area.Flags)
            return;
        if ((flags & VmaFlags.Write) != 0 && (area.Flags & Accounted) == 0)
            flags |= VmaFlags.Account;
        else if ((flags & VmaFlags.Write) == 0 && area.IsAnonymous && area.AnonVma is null)
            flags &= ~VmaFlags.Account;
        area = _areas.Modify(area, start, end, flags, area.Userfaultfd);
        ProtectEntries(area, start, end);
    }

    private SystemCallResult SetLock(ref ulong address, ulong length, VmaFlags set, out ulong end)
    {
        end = (address + length + PageMask) & ~PageMask;
        address &= ~PageMask;
        if (end < address)
            return Errno.EINVAL;
        if (end == address)
            return Errno.None;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        ulong reached = address;
        foreach (Vma area in _areas.In(address, end))
        {
            if (area.Start > reached)
                return Errno.ENOMEM;
            reached = ulong.Min(area.End, end);
            if ((area.Flags & (VmaFlags.Special | VmaFlags.Droppable)) == 0)
                _areas.Modify(area, ulong.Max(area.Start, address), reached, (area.Flags & ~VmaFlagSets.Lock) | set, area.Userfaultfd);
        }
        return reached < end ? Errno.ENOMEM : Errno.None;
    }

    /// <summary>Faults in the pages of locked areas and of <c>MAP_POPULATE</c> (<c>__mm_populate</c>).</summary>
    private SystemCallResult BringIn(ulong start, ulong end, bool ignoreFaults)
    {
        foreach (Vma area in _areas.In(start, end))
        {
            if ((area.Flags & (VmaFlags.Special | VmaFlags.LockOnFault)) != 0)
                continue;
            // Faults in writable private pages as for stores, so that a page that a fork shares is copied now.
            bool write = (area.Flags & (VmaFlags.Write | VmaFlags.Shared)) == VmaFlags.Write;
            SystemCallResult result = FaultInRange(area, ulong.Max(area.Start, start), ulong.Min(area.End, end), write);
            if (!result.IsDone)
                return ignoreFaults ? Errno.None : result;
        }
        return Errno.None;
    }

    /// <summary>Whether a seal forbids unmapping a range. Splits the first area even then (<c>vms_gather_munmap_vmas</c>).</summary>
    private bool IsRefusedBySeal(ulong start, ulong end)
    {
        List<Vma> areas = [.. _areas.In(start, end)];
        if (!areas.Exists(area => (area.Flags & VmaFlags.Sealed) != 0))
            return false;
        if ((areas[0].Flags & VmaFlags.Sealed) == 0)
            _areas.Isolate(areas[0], ulong.Max(areas[0].Start, start), areas[0].End);
        return true;
    }

    /// <summary>Unmaps a range, and frees the page tables that no area uses any more.</summary>
    private void UnmapRange(ulong start, ulong end)
    {
        List<Vma> unmapped = [.. _areas.In(start, end)];
        for (int i = 0; i < unmapped.Count; i++)
            unmapped[i] = _areas.Isolate(unmapped[i], ulong.Max(unmapped[i].Start, start), ulong.Min(unmapped[i].End, end));
        foreach (Vma area in unmapped)
        {
            Zap(area, area.Start, area.End, ZapKind.Unmap);
            (ulong first, ulong last) = (area.Start, area.End);
            SimulatedFile? file = area.File;
            _areas.Remove(area);
            FreeTables(first, last);
            file?.DeleteIfUnnamed();
        }
    }

    /// <summary>
    /// Frees the page tables of a range that no area reaches into any more (<c>free_pgtables</c>: floor is the end of the area before, ceiling the
    /// start of the one after).
    /// </summary>
    private void FreeTables(ulong start, ulong end)
    {
        for (ulong address = start & ~HugeMask; address < end; address += NativeRegion.HugePageSize)
        {
            if (!_pmds.TryGetValue(address >> PudShift, out PmdEntry[]? pmds))
            {
                address = (((address >> PudShift) + 1) << PudShift) - NativeRegion.HugePageSize;
                continue;
            }
            ref PmdEntry entry = ref pmds[PmdIndex(address)];
            if (entry.IsTable && !_areas.IsAnyIn(address, address + NativeRegion.HugePageSize))
                entry = default;
        }
    }
}
