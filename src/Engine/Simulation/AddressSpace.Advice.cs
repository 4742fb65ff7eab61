namespace CopyMc.Simulation;

// What a process can ask for about memory that it has: madvise(2) and userfaultfd(2).
public sealed partial class AddressSpace
{
    /// <summary>Drops the content of a range (<c>MADV_DONTNEED</c>): anonymous memory reads as zeros then, a file's as the file has it.</summary>
    public AccessResult DontNeed(ulong address, ulong length) => OnAreas(address, length, (_, start, end) => Zap(start, end));

    /// <summary>Faults a range in as if it were written to, and writes nothing (<c>MADV_POPULATE_WRITE</c>): frames that were never used are not touched.</summary>
    public AccessResult Populate(ulong address, ulong length)
    {
        ThrowIfNoRange(address, length);
        for (ulong at = address; at < address + length; at += NativeRegion.PageSize)
        {
            AccessResult result = FaultIn(at, write: true, out _);
            if (result != AccessResult.Done)
                return result;
            if (IsHuge(at))
                at = (at | (NativeRegion.HugePageSize - 1)) + 1 - NativeRegion.PageSize;
        }
        return AccessResult.Done;
    }

    /// <summary>
    /// Locks a range in memory (<c>mlock(2)</c>), splitting areas as needed, and brings its pages in: where they are to be written one day,
    /// as if they were now, so that pages shared by a fork are parted.
    /// </summary>
    /// <returns>What went wrong with a page; the range is locked all the same.</returns>
    public AccessResult LockInMemory(ulong address, ulong length)
    {
        AccessResult result = SetFlags(address, length, VmaFlags.Locked);
        for (ulong at = address; at < address + length && result == AccessResult.Done; at += NativeRegion.PageSize)
        {
            Vma? area = Find(at);
            result = area is null ? AccessResult.SegmentationFault : FaultIn(at, write: (area.Flags & (VmaFlags.Write | VmaFlags.Shared)) == VmaFlags.Write, out _);
        }
        return result;
    }

    /// <summary>Lets the content of a range of anonymous memory be dropped when memory is short (<c>MADV_FREE</c>).</summary>
    public AccessResult LazyFree(ulong address, ulong length) =>
        OnAreas(address, length, (_, start, end) => ForEachEntry(start, end, FreeLazily));

    /// <summary>Makes the entries of a range old: used by nobody since (<c>MADV_COLD</c>).</summary>
    public AccessResult MakeOld(ulong address, ulong length) =>
        OnAreas(address, length, (_, start, end) => ForEachEntry(start, end, ForgetUse));

    /// <summary>Poisons the absent pages of a range (<c>UFFDIO_POISON</c>): whoever touches them gets SIGBUS.</summary>
    public AccessResult InstallPoison(ulong address, ulong length) => Install(address, length, Pte.PoisonMarker);

    /// <summary>Drops a range and makes it inaccessible (<c>MADV_GUARD_INSTALL</c>).</summary>
    public AccessResult InstallGuard(ulong address, ulong length)
    {
        if (!_lock.CanRead)
            return AccessResult.WouldBlock;
        AccessResult dropped = DontNeed(address, length);
        return dropped == AccessResult.Done ? Install(address, length, Pte.GuardMarker) : dropped;
    }

    /// <summary>Write-protects a range with userfaultfd, absent pages too (<c>UFFDIO_WRITEPROTECT</c>).</summary>
    public AccessResult UffdWriteProtect(ulong address, ulong length) => OnAreas(address, length, (_, start, end) =>
    {
        for (ulong at = start; at < end; at += NativeRegion.HugePageSize - at % NativeRegion.HugePageSize)
            TableFor(at);
        ForEachEntry(start, end, static (ref Pte pte, ulong _) => pte =
            pte.IsNone ? Pte.WriteProtectMarker : pte.IsPresent ? pte.UffdWriteProtected() : pte);
    });

    /// <summary>Sends the anonymous and shmem pages of a range to swap (<c>MADV_PAGEOUT</c>); what cannot go stays.</summary>
    public AccessResult PageOut(ulong address, ulong length) => OnAreas(address, length, (_, start, end) =>
        ForEachEntry(start, end, (ref Pte pte, ulong _) =>
        {
            if (pte.IsPresent && pte.Pfn != _memory.ZeroFrame)
                Reclaim.TryReclaim(_machine, _memory.HeadOf(pte.Pfn));
        }));

    /// <summary>Maps a huge page by a page table, its pages still one folio.</summary>
    public AccessResult SplitHugeMapping(ulong address)
    {
        if (!_lock.CanRead)
            return AccessResult.WouldBlock;
        if (!IsHuge(address))
            return AccessResult.SegmentationFault;
        SplitPmd(address);
        return AccessResult.Done;
    }

    private AccessResult Install(ulong address, ulong length, Pte marker) => OnAreas(address, length, (area, start, end) =>
    {
        if (marker.IsGuardMarker)
            area.Flags |= VmaFlags.Guarded;
        // The kernel gives the area an anon_vma first, which tells the collapse that the page table is worth keeping.
        if (marker.IsGuardMarker || !area.IsShared)
            PrepareAnonVma(area);
        for (ulong at = start; at < end; at += NativeRegion.PageSize)
        {
            PmdEntry entry = PmdAt(at);
            if (entry.IsHuge)
                continue;
            ref Pte pte = ref TableFor(at).Writable[PteIndex(at)];
            if (pte.IsNone)
                pte = marker;
        }
    });

    private PageTable TableFor(ulong address)
    {
        ref PmdEntry entry = ref PmdFor(address);
        if (entry.IsHuge)
            SplitPmd(address);
        return entry.Table ??= new PageTable();
    }

    private unsafe void FreeLazily(ref Pte pte, ulong address)
    {
        if (!pte.IsPresent || pte.Pfn == _memory.ZeroFrame)
            return;
        uint head = _memory.HeadOf(pte.Pfn);
        if (_memory.IsAnonymous(head) && !_memory.IsMappedShared(head))
            _memory.Frames[head].Flags &= ~(PageFlags.SwapBacked | PageFlags.Dirty);
    }

    private void ForgetUse(ref Pte pte, ulong address)
    {
        if (pte.IsPresent)
            pte = pte.Old();
    }

    private AccessResult OnAreas(ulong address, ulong length, Action<Vma, ulong, ulong> action)
    {
        ThrowIfNoRange(address, length);
        if (!_lock.CanRead)
            return AccessResult.WouldBlock;
        ulong end = address + length;
        bool any = false;
        foreach (Vma area in _areas)
        {
            if (area.Start >= end || area.End <= address)
                continue;
            any = true;
            action(area, ulong.Max(area.Start, address), ulong.Min(area.End, end));
        }
        return any ? AccessResult.Done : AccessResult.SegmentationFault;
    }
}
