namespace CopyMc.Simulation;

// mremap(2): mm/mremap.c.
public sealed partial class AddressSpace
{
    /// <summary>Moves memory, or makes it longer or shorter (<c>mremap(2)</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">The present length in bytes; rounded up to pages. The range must be in one area.</param>
    /// <param name="newLength">The new length in bytes; rounded up to pages.</param>
    /// <param name="flags">Whether it may or must move.</param>
    /// <param name="newAddress">The target, with <see cref="RemapFlags.Fixed"/>, which is unmapped first. The ranges must not overlap.</param>
    /// <returns>The address, or the errno.</returns>
    public SystemCallResult Mremap(ulong address, ulong length, ulong newLength, RemapFlags flags = RemapFlags.MayMove, ulong newAddress = 0)
    {
        bool isFixed = (flags & RemapFlags.Fixed) != 0, leavesArea = (flags & RemapFlags.DontUnmap) != 0;
        length = (length + PageMask) & ~PageMask;
        newLength = (newLength + PageMask) & ~PageMask;
        if ((flags & ~(RemapFlags.MayMove | RemapFlags.Fixed | RemapFlags.DontUnmap)) != 0 || (address & PageMask) != 0 || newLength == 0 || newLength > EndOfAddresses
            || (isFixed || leavesArea) && (flags & RemapFlags.MayMove) == 0
            || leavesArea && length != newLength)
        {
            return Errno.EINVAL;
        }
        if (isFixed && ((newAddress & PageMask) != 0 || newAddress > EndOfAddresses - newLength || (newAddress < address + length && address < newAddress + newLength)))
            return Errno.EINVAL;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        if (isFixed && length == newLength && length != 0 && _machine.Behavior.MovesSeveralAreas && _areas.Find(address) is { } first && first.End < address + length)
            return MoveAreas(address, length, flags, newAddress);
        if (_areas.Find(address) is not { } area)
            return Errno.EFAULT;
        if ((area.Flags & VmaFlags.Sealed) != 0)
            return Errno.EPERM;
        // A length of 0 maps shared memory a second time.
        if (length == 0 && !area.IsShared || leavesArea && (area.Flags & VmaFlags.Special) != 0)
            return Errno.EINVAL;
        // What is cut off may lie in other areas, or in none.
        ulong kept = isFixed ? ulong.Min(length, newLength) : newLength > length || leavesArea ? length : 0;
        if (kept > area.End - address)
            return Errno.EFAULT;
        if (newLength > length && (area.Flags & VmaFlags.Special) != 0)
            return Errno.EFAULT;
        if (area.File is not null && newLength > SimulatedFile.MaxLength - (ulong)area.PageIndex(address) * NativeRegion.PageSize)
            return Errno.EINVAL;

        if (!isFixed && !leavesArea)
        {
            if (newLength <= length)
            {
                if (newLength < length)
                    UnmapRange(address + newLength, address + length);
                return SystemCallResult.Returned(address);
            }
            if (address + length == area.End && TryExpand(area, newLength - length))
                return SystemCallResult.Returned(address);
            if ((flags & RemapFlags.MayMove) == 0)
                return Errno.ENOMEM;
        }
        if (isFixed)
        {
            if (IsRefusedBySeal(newAddress, newAddress + newLength))
                return Errno.EPERM;
            UnmapRange(newAddress, newAddress + newLength);
            if (newLength < length)
            {
                UnmapRange(address + newLength, address + length);
                length = newLength;
            }
        }
        else
        {
            newAddress = 0;
            Errno placed = Place(ref newAddress, newLength, MapFlags.Private);
            if (placed != Errno.None)
                return placed;
        }
        Move(_areas.Find(address)!, address, length, newAddress, newLength, leavesArea);
        return SystemCallResult.Returned(newAddress);
    }

    /// <summary>Moves several areas at once, with the gaps between them (<c>remap_move</c>).</summary>
    private SystemCallResult MoveAreas(ulong address, ulong length, RemapFlags flags, ulong newAddress)
    {
        bool isFirst = true;
        foreach (Vma area in _areas.In(address, address + length))
        {
            // An area that is registered with userfaultfd can only be moved alone.
            if (area.IsUffdArmed && !(isFirst && area.End >= address + length))
                return Errno.EFAULT;
            (ulong from, ulong to) = (ulong.Max(area.Start, address), ulong.Min(area.End, address + length));
            SystemCallResult result = Mremap(from, to - from, to - from, flags, newAddress + (from - address));
            if (!result.IsDone)
                return result;
            isFirst = false;
        }
        return SystemCallResult.Returned(newAddress);
    }

    /// <summary>Makes an area longer into free space (<c>vma_expand</c>), and merges it with the area that it then touches.</summary>
    private bool TryExpand(Vma area, ulong bytes)
    {
        ulong end = area.End;
        if (bytes > EndOfAddresses - end || _areas.IsAnyIn(end, end + bytes))
            return false;
        var added = new Vma(this, end, end + bytes, area.Flags, area.File, area.PageIndex(end))
        {
            Userfaultfd = area.Userfaultfd,
            MayHaveGuards = area.MayHaveGuards,
        };
        if (_areas.MergeNew(added) is null)
            area.End += bytes;
        if ((area.Flags & VmaFlagSets.Lock) == VmaFlags.Locked)
            BringIn(end, end + bytes, ignoreFaults: true);
        return true;
    }

    private void Move(Vma area, ulong address, ulong length, ulong newAddress, ulong newLength, bool leavesArea)
    {
        Vma moved = CopyArea(area, address, newAddress, newLength);
        // Without the feature the registration stays behind, and with it the protection of the entries (mremap_userfaultfd_prep).
        bool losesUserfaultfd = area.Userfaultfd is { } watcher && (watcher.Features & UserfaultfdFeatures.EventRemap) == 0;
        MoveEntries(address, length, newAddress, losesUserfaultfd && _machine.Behavior.ClearsProtectionAtMove);
        // The area is changed in place: it is not merged with a neighbour now, and one that it merged with before loses its registration too.
        if (losesUserfaultfd)
            (moved.Flags, moved.Userfaultfd) = (moved.Flags & ~VmaFlagSets.Userfaultfd, null);
        if (leavesArea)
        {
            area = _areas.Find(address)!;
            if (area.Start == address && area.End == address + length && moved != area)
                area.UnlinkAnonVma();
            area = _areas.Find(address)!;
            area.Flags &= ~VmaFlagSets.Lock;
        }
        else if (length != 0)
        {
            UnmapRange(address, address + length);
        }
        // Only the new part is brought in; the pages that were moved are locked as they are.
        if ((moved.Flags & VmaFlagSets.Lock) == VmaFlags.Locked && newLength > length)
            BringIn(newAddress + length, newAddress + newLength, ignoreFaults: true);
    }

    /// <summary>
    /// Makes a copy of an area at a new address (<c>copy_vma</c>). Anonymous memory without pages gets new page offsets, so that it may merge there.
    /// </summary>
    private Vma CopyArea(Vma area, ulong address, ulong newAddress, ulong newLength)
    {
        uint firstPage = area.IsAnonymous && area.AnonVma is null ? (uint)(newAddress >> 12) : area.PageIndex(address);
        var copy = new Vma(this, newAddress, newAddress + newLength, area.Flags, area.File, firstPage)
        {
            Userfaultfd = area.Userfaultfd,
            MayHaveGuards = area.MayHaveGuards,
        };
        if (_areas.MergeNew(copy, copiedFrom: area) is { } merged)
            return merged;
        copy.CloneAnonVma(area, isSameProcess: true);
        _areas.Add(copy);
        return copy;
    }

    /// <summary>
    /// Moves the entries, so that no count changes (<c>move_page_tables</c>): a huge page or a whole page table at once if both addresses are
    /// aligned, otherwise page by page.
    /// </summary>
    private void MoveEntries(ulong address, ulong length, ulong newAddress, bool clearsProtection)
    {
        for (ulong at = address; at < address + length;)
        {
            ulong next = ulong.Min((at | HugeMask) + 1, address + length), target = newAddress + (at - address);
            PmdEntry entry = PmdAt(at);
            bool isWhole = next - at == NativeRegion.HugePageSize && (target & HugeMask) == 0;
            if (entry.IsNone)
            {
                at = next;
                continue;
            }
            ref PmdEntry place = ref PmdFor(target);
            if (isWhole && place.IsNone && (entry.IsHuge || !clearsProtection))
            {
                place = entry;
                PmdFor(at) = default;
                if (clearsProtection && place.IsHuge)
                    place.Huge = place.Huge.UffdUnprotected();
                at = next;
                continue;
            }
            if (entry.IsHuge)
                SplitPmd(at);
            // A file's page table is gone with the huge page.
            if (PmdAt(at).Table is not { } table)
            {
                at = next;
                continue;
            }
            for (; at < next; at += NativeRegion.PageSize)
            {
                target = newAddress + (at - address);
                ref Pte old = ref table.Writable[PteIndex(at)];
                ref Pte moved = ref TableFor(target).Writable[PteIndex(target)];
                if (old.IsNone)
                    continue;
                moved = clearsProtection ? old.UffdUnprotected() : old;
                old = default;
            }
        }
    }
}
