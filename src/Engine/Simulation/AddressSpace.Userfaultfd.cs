namespace CopyMc.Simulation;

// The calls of a userfaultfd: fs/userfaultfd.c for registrations, mm/userfaultfd.c for pages.
public sealed unsafe partial class AddressSpace
{
    /// <summary>Opens a userfaultfd for this process (<c>userfaultfd(2)</c>).</summary>
    /// <param name="features">The requested features.</param>
    /// <param name="isUserModeOnly">
    /// Whether only accesses in user mode are reported (<c>UFFD_USER_MODE_ONLY</c>): a system call that accesses such a page fails.
    /// </param>
    /// <returns>The userfaultfd, with no registered range.</returns>
    /// <exception cref="ArgumentException">The modelled kernel does not have one of the features.</exception>
    public Userfaultfd OpenUserfaultfd(UserfaultfdFeatures features = UserfaultfdFeatures.None, bool isUserModeOnly = false)
    {
        ObjectDisposedException.ThrowIf(HasExited, this);
        if ((features & UserfaultfdFeatures.WriteProtectUnpopulated) != 0 && !_machine.Behavior.ProtectsAbsentPages)
            throw new ArgumentException($"{_machine.Kernel} has no UFFD_FEATURE_WP_UNPOPULATED.", nameof(features));
        return new Userfaultfd(this, features, isUserModeOnly);
    }

    internal SystemCallResult RegisterUserfaultfd(Userfaultfd userfaultfd, ulong address, ulong length, UserfaultfdModes modes)
    {
        const UserfaultfdModes All = UserfaultfdModes.Missing | UserfaultfdModes.WriteProtect | UserfaultfdModes.Minor;
        if (modes == 0 || (modes & ~All) != 0 || !IsUserfaultfdRange(address, length))
            return Errno.EINVAL;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        if (!_areas.IsAnyIn(address, address + length))
            return Errno.EINVAL;
        foreach (Vma area in _areas.In(address, address + length))
        {
            if (!CanUserfault(area, (modes & UserfaultfdModes.Minor) != 0))
                return Errno.EINVAL;
            if (area.IsShared && (area.Flags & VmaFlags.MayWrite) == 0)
                return Errno.EPERM;
            if (area.Userfaultfd is not null && area.Userfaultfd != userfaultfd)
                return Errno.EBUSY;
        }
        VmaFlags flags = ((modes & UserfaultfdModes.Missing) != 0 ? VmaFlags.UffdMissing : VmaFlags.None)
            | ((modes & UserfaultfdModes.WriteProtect) != 0 ? VmaFlags.UffdWriteProtect : VmaFlags.None)
            | ((modes & UserfaultfdModes.Minor) != 0 ? VmaFlags.UffdMinor : VmaFlags.None);
        foreach (Vma area in _areas.In(address, address + length))
        {
            // Skips an area that is registered in this way already.
            if (area.Userfaultfd == userfaultfd && (area.Flags & flags) == flags)
                continue;
            _areas.Modify(
                area, ulong.Max(area.Start, address), ulong.Min(area.End, address + length), (area.Flags & ~VmaFlagSets.Userfaultfd) | flags, userfaultfd);
        }
        return Errno.None;
    }

    internal SystemCallResult UnregisterUserfaultfd(Userfaultfd userfaultfd, ulong address, ulong length)
    {
        if (!IsUserfaultfdRange(address, length))
            return Errno.EINVAL;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        if (!_areas.IsAnyIn(address, address + length) || _areas.In(address, address + length).Any(
            area => !CanUserfault(area, isMinor: false) || (area.Userfaultfd is not null && area.Userfaultfd != userfaultfd)))
        {
            return Errno.EINVAL;
        }
        foreach (Vma area in _areas.In(address, address + length))
            EndRegistration(area, ulong.Max(area.Start, address), ulong.Min(area.End, address + length));
        return Errno.None;
    }

    internal SystemCallResult CloseUserfaultfd(Userfaultfd userfaultfd)
    {
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        foreach (Vma area in _areas.In(0, EndOfAddresses))
        {
            if (area.Userfaultfd == userfaultfd)
                EndRegistration(area, area.Start, area.End, _machine.Behavior.EndsProtectionAtClose);
        }
        return Errno.None;
    }

    internal SystemCallResult UffdWriteProtect(Userfaultfd userfaultfd, ulong address, ulong length, bool protect)
    {
        if (!IsUserfaultfdRange(address, length))
            return Errno.EINVAL;
        if (!_lock.CanRead)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        if (!_areas.IsAnyIn(address, address + length))
            return Errno.ENOENT;
        foreach (Vma area in _areas.In(address, address + length))
        {
            // A registration with any userfaultfd is enough (mwriteprotect_range).
            if ((area.Flags & VmaFlags.UffdWriteProtect) == 0)
                return Errno.ENOENT;
            ProtectForUserfaultfd(area, ulong.Max(area.Start, address), ulong.Min(area.End, address + length), protect);
        }
        return Errno.None;
    }

    /// <summary>Fills absent pages of one registered area (<c>mfill_atomic</c>).</summary>
    internal SystemCallResult FillMissing(
        Userfaultfd userfaultfd, ulong address, ulong length, Filling filling, ReadOnlySpan<byte> content = default)
    {
        if (!IsUserfaultfdRange(address, length) || (filling == Filling.Poison && !_machine.Behavior.HasPoisonMarkers))
            return Errno.EINVAL;
        if (!_lock.CanRead)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        Vma? area = _areas.Find(address);
        // Happens even if the call is refused afterwards (uffd_mfill_lock).
        if (area is { IsShared: false })
            PrepareAnonVma(area);
        if (area is null || area.End < address + length || area.Userfaultfd is null)
            return Errno.ENOENT;
        if (filling == Filling.Continue && area.File is null)
            return Errno.EINVAL;
        for (ulong at = address; at < address + length; at += NativeRegion.PageSize)
        {
            ReadOnlySpan<byte> page = filling == Filling.Copy ? content.Slice((int)(at - address), NativeRegion.PageSize) : default;
            SystemCallResult result = PmdAt(at).IsHuge ? Errno.EEXIST : Fill(area, at, filling, page);
            if (!result.IsDone)
                return at == address || result.IsWaiting ? result : Errno.EAGAIN;
        }
        return Errno.None;
    }

    private SystemCallResult Fill(Vma area, ulong address, Filling filling, ReadOnlySpan<byte> content)
    {
        ref Pte pte = ref TableFor(address).Writable[PteIndex(address)];
        if (area.File is { } file && file.IsBeyondEnd(area.PageIndex(address)))
            return filling == Filling.Continue ? Errno.EINVAL : Errno.EFAULT;
        bool isMarker = pte.IsWriteProtectMarker || pte.IsPoisonMarker || pte.IsGuardMarker;
        // A page replaces a marker (pte_none_mostly); poison and the zero page of private memory do not.
        bool needsNone = filling == Filling.Poison || (filling == Filling.Zero && !area.IsShared);
        if (!pte.IsNone && (needsNone || !isMarker))
            return Errno.EEXIST;
        if (filling == Filling.Poison)
        {
            pte = Pte.PoisonMarker;
            return Errno.None;
        }
        return area.IsShared || filling == Filling.Continue
            ? FillFromFile(area, address, filling, content, ref pte)
            : FillPrivate(area, address, filling, content, ref pte);
    }

    private SystemCallResult FillPrivate(Vma area, ulong address, Filling filling, ReadOnlySpan<byte> content, ref Pte pte)
    {
        bool isZero = filling == Filling.Zero;
        if (isZero && _machine.Options.UseZeroPage)
        {
            pte = Pte.Of(_memory.ZeroFrame, writable: false, dirty: false, young: true);
            return Errno.None;
        }
        if (!TryNewAnonymous(area, address, clear: isZero, out uint pfn).IsDone)
            return Errno.ENOMEM;
        bool copied = isZero || TryStore(content, pfn);
        if (copied)
            SetFrame(ref pte, pfn, (area.Flags & VmaFlags.Write) != 0, dirty: true);
        _memory.Put(pfn);
        return copied ? Errno.None : Errno.EFAULT;
    }

    private SystemCallResult FillFromFile(Vma area, ulong address, Filling filling, ReadOnlySpan<byte> content, ref Pte pte)
    {
        SimulatedFile file = area.File!;
        uint page = area.PageIndex(address);
        if (file.SlotAt(page).IsEmpty == (filling == Filling.Continue))
            return filling == Filling.Continue ? Errno.EFAULT : Errno.EEXIST;
        AccessResult found = file.TryGetPage(page, out uint pfn);
        if (found.IsWaiting)
            return SystemCallResult.Waits(found.WaitsFor);
        if (!found.IsDone)
            return found.Outcome == AccessOutcome.MemoryError ? Errno.EIO : Errno.ENOMEM;
        if (filling == Filling.Copy && !TryStore(content, pfn))
            return Errno.EFAULT;
        SetFrame(ref pte, pfn, area.IsShared && (area.Flags & VmaFlags.Write) != 0, dirty: true);
        return Errno.None;
    }

    private bool TryStore(ReadOnlySpan<byte> content, uint pfn)
    {
        fixed (byte* source = content)
            return _memory.Engine.Copy(source, _memory.ContentOf(pfn), NativeRegion.PageSize) == 0;
    }

    private void EndRegistration(Vma area, ulong start, ulong end, bool endsProtection = true)
    {
        if (endsProtection && (area.Flags & VmaFlags.UffdWriteProtect) != 0)
            ProtectForUserfaultfd(area, start, end, protect: false);
        _areas.Modify(area, start, end, area.Flags & ~VmaFlagSets.Userfaultfd, userfaultfd: null);
    }

    /// <summary>
    /// Sets or removes write protection (<c>uffd_wp_range</c>). A huge page of anonymous memory is protected as a whole; a file needs page tables,
    /// which can have markers for absent pages.
    /// </summary>
    private void ProtectForUserfaultfd(Vma area, ulong start, ulong end, bool protect)
    {
        if (!protect)
        {
            bool writable = (area.Flags & VmaFlags.Write) != 0, keepsWritable = _machine.Behavior.KeepsPagesWritable;
            ForEachEntry(start, end, (ref Pte pte, ulong _) =>
            {
                pte = pte.UffdUnprotected();
                if (!pte.IsPresent || area.IsShared)
                    return;
                if (!keepsWritable)
                    pte = pte.ReadOnly();
                else if (writable)
                    pte = WritableWhereExclusive(pte);
            });
            return;
        }
        bool marksAbsent = !area.IsAnonymous || (area.Userfaultfd!.Features & UserfaultfdFeatures.WriteProtectUnpopulated) != 0;
        for (ulong at = start; at < end; at += NativeRegion.HugePageSize - at % NativeRegion.HugePageSize)
        {
            if (PmdAt(at).IsHuge && !area.IsAnonymous)
                SplitPmd(at);
            if (marksAbsent && !PmdAt(at).IsHuge)
                TableFor(at);
        }
        ForEachEntry(start, end, (ref Pte pte, ulong _) => pte = pte switch
        {
            { IsNone: true } => marksAbsent ? Pte.WriteProtectMarker : pte,
            { IsPresent: true } or { IsSwap: true } => pte.UffdWriteProtected(),
            _ => pte,
        });
    }

    /// <summary><c>vma_can_userfault</c>: anonymous memory and shmem; only shmem for minor faults.</summary>
    private bool CanUserfault(Vma area, bool isMinor) =>
        (area.Flags & (_machine.Behavior.KeepsUserfaultfdFromDroppable ? VmaFlags.Special | VmaFlags.Droppable : VmaFlags.Special)) == 0 && (area.File is null ? !isMinor : area.File.IsShmem);

    private static bool IsUserfaultfdRange(ulong address, ulong length) =>
        ((address | length) & PageMask) == 0 && length != 0 && address <= EndOfAddresses && length <= EndOfAddresses - address;
}
