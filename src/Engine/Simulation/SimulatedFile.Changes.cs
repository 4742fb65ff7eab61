namespace CopyMc.Simulation;

// Changes of a file: writing, reading, truncating, punching holes, writing back, swapping out.
public sealed unsafe partial class SimulatedFile
{
    /// <summary>Writes bytes within one page of the file (<c>pwrite(2)</c>); the file becomes longer if needed.</summary>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <param name="bytes">The bytes to write, all in one page.</param>
    /// <returns>The number of bytes; <see cref="Errno.EPERM"/> if a seal forbids it, <see cref="Errno.EIO"/> if the page is poisoned.</returns>
    /// <exception cref="ArgumentException">The bytes cross a page, or <paramref name="bytes"/> is itself in lost or poisoned memory.</exception>
    public SystemCallResult Write(ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (offset > MaxLength || (ulong)bytes.Length > MaxLength - offset)
            return Errno.EFBIG;
        uint page = PageOf(offset, bytes.Length);
        ulong length = Length, end = offset + (ulong)bytes.Length;
        if ((Seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0 || (end > length && (Seals & FileSeals.Grow) != 0))
            return Errno.EPERM;
        Length = ulong.Max(length, end);
        AccessResult result = TryGetPage(page, out uint pfn);
        if (result.IsDone)
        {
            try
            {
                if (!_memory.TryStore(bytes, _memory.ContentOf(pfn) + offset % NativeRegion.PageSize))
                    result = Poisoned(pfn);
            }
            catch (ArgumentException)
            {
                Length = length;
                throw;
            }
            _memory.Frames[_memory.HeadOf(pfn)].Flags |= PageFlags.Dirty;
        }
        if (!result.IsDone)
            Length = length;
        return ToSystemCall(result, (ulong)bytes.Length);
    }

    /// <summary>
    /// Reads bytes within one page of the file (<c>pread(2)</c>). A hole of shmem reads as zeros and stays a hole, and a page that was allocated
    /// without content stays so.
    /// </summary>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <param name="bytes">Receives the bytes, all of one page.</param>
    /// <returns>The number of bytes, 0 at the end of the file; <see cref="Errno.EIO"/> if the page is poisoned.</returns>
    /// <exception cref="ArgumentException">The bytes cross a page, or <paramref name="bytes"/> is itself in lost or poisoned memory.</exception>
    public SystemCallResult Read(ulong offset, Span<byte> bytes)
    {
        if (offset >= Length)
            return SystemCallResult.Done;
        bytes = bytes[..(int)ulong.Min((ulong)bytes.Length, Length - offset)];
        uint page = PageOf(offset, bytes.Length);
        PageCacheSlot slot = SlotAt(page);
        if (IsShmem && (slot.IsEmpty || (slot.IsPage && !IsReady(slot.Pfn))))
        {
            bytes.Clear();
            return SystemCallResult.Returned((ulong)bytes.Length);
        }
        AccessResult result = TryGetPage(page, out uint pfn);
        if (result.IsDone)
        {
            if (!_memory.TryLoad(_memory.ContentOf(pfn) + offset % NativeRegion.PageSize, bytes))
                result = Poisoned(pfn);
        }
        return ToSystemCall(result, (ulong)bytes.Length);
    }

    /// <summary>Changes the length of the file (<c>ftruncate(2)</c>); pages beyond it are dropped and unmapped.</summary>
    /// <param name="length">The new length in bytes.</param>
    /// <returns><see cref="Errno.EPERM"/> if a seal forbids it, <see cref="Errno.EFBIG"/> beyond <see cref="MaxLength"/>.</returns>
    public SystemCallResult Truncate(ulong length)
    {
        ThrowIfGone();
        if (length > MaxLength)
            return Errno.EFBIG;
        if ((length < Length && (Seals & FileSeals.Shrink) != 0) || (length > Length && (Seals & FileSeals.Grow) != 0))
            return Errno.EPERM;
        var last = (uint)(length / NativeRegion.PageSize);
        uint first = (uint)((length + NativeRegion.PageSize - 1) / NativeRegion.PageSize);
        if (length <= Length)
        {
            // Also waits for the page that is cut, and swaps it in if necessary (shmem_get_partial_folio).
            if (IsAnyHeld(last, uint.MaxValue))
                return SystemCallResult.Waits(WaitReason.PageLock);
            AccessResult broughtIn = last != first && SlotAt(last).IsSwap ? TryBringIn(last, out _) : AccessResult.Done;
            if (!broughtIn.IsDone)
                return ToSystemCall(broughtIn, 0);
            // A huge page may reach beyond the end.
            SystemCallResult result = Drop(first, uint.MaxValue);
            if (!result.IsDone)
                return result;
            // Truncation drops private copies too; punching a hole does not.
            foreach (Vma area in Areas)
                area.Space.ZapFrom(area, first);
            ClearTail(length);
        }
        Length = length;
        return Errno.None;
    }

    /// <summary>Deletes the file and drops its pages.</summary>
    /// <returns>Done, or that it would wait for a lock.</returns>
    /// <exception cref="InvalidOperationException">It is mapped.</exception>
    public SystemCallResult Delete()
    {
        if (Areas.Count > 0)
            throw new InvalidOperationException("A file that is mapped cannot be deleted.");
        Seals = FileSeals.None;
        SystemCallResult result = Truncate(0);
        if (result.IsDone)
            _machine.Remove(this);
        return result;
    }

    /// <summary>Drops whole pages (<c>fallocate(2)</c> with <c>FALLOC_FL_PUNCH_HOLE</c>): they read as zeros.</summary>
    /// <param name="firstPage">The first page to drop.</param>
    /// <param name="pages">The number of pages.</param>
    /// <returns>Done, the errno, or that it would wait for a lock.</returns>
    public SystemCallResult PunchHole(uint firstPage, uint pages)
    {
        Errno refused = CheckRange(firstPage, pages);
        if (refused != Errno.None)
            return refused;
        return (Seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0 ? Errno.EPERM : Drop(firstPage, firstPage + pages);
    }

    /// <summary>
    /// Allocates the holes of a range (<c>fallocate(2)</c>). Shmem gets pages, which are cleared at their first use; a regular file gets space on
    /// disk, which is not modelled.
    /// </summary>
    /// <param name="firstPage">The first page.</param>
    /// <param name="pages">The number of pages.</param>
    /// <param name="keepsLength">Whether the file keeps its length (<c>FALLOC_FL_KEEP_SIZE</c>); otherwise it becomes longer if needed.</param>
    /// <returns><see cref="Errno.ENOSPC"/> or <see cref="Errno.ENOMEM"/>, with nothing changed, if there is too little space.</returns>
    public SystemCallResult Allocate(uint firstPage, uint pages, bool keepsLength = false)
    {
        Errno refused = CheckRange(firstPage, pages);
        if (refused != Errno.None)
            return refused;
        ulong end = ((ulong)firstPage + pages) * NativeRegion.PageSize;
        if (!keepsLength && end > Length && (Seals & FileSeals.Grow) != 0)
            return Errno.EPERM;
        var made = new List<uint>();
        for (uint page = firstPage; page < firstPage + pages && IsShmem; page++)
        {
            Errno result = SlotAt(page).IsEmpty ? AllocatePage(page) : Errno.EEXIST;
            if (result == Errno.None)
                made.Add(page);
            if (result is Errno.None or Errno.EEXIST)
                continue;
            made.ForEach(Remove);
            return result;
        }
        if (!keepsLength)
            Length = ulong.Max(Length, end);
        return Errno.None;
    }

    /// <summary>Seals a memfd (<c>fcntl(2)</c>, <c>F_ADD_SEALS</c>).</summary>
    /// <param name="seals">The seals to add to the present ones.</param>
    /// <returns>
    /// <see cref="Errno.EPERM"/> if no more seals are allowed, <see cref="Errno.EBUSY"/> if there is a writable mapping, <see cref="Errno.EINVAL"/> for
    /// a file that is not shmem.
    /// </returns>
    public SystemCallResult AddSeals(FileSeals seals)
    {
        ThrowIfGone();
        const FileSeals All = FileSeals.Seal | FileSeals.Shrink | FileSeals.Grow | FileSeals.Write | FileSeals.FutureWrite;
        if (!IsShmem || (seals & ~All) != 0)
            return Errno.EINVAL;
        if ((Seals & FileSeals.Seal) != 0)
            return Errno.EPERM;
        if ((seals & FileSeals.Write & ~Seals) != 0 && Areas.Exists(area => area.IsShared && (area.Flags & VmaFlags.MayWrite) != 0))
            return Errno.EBUSY;
        Seals |= seals;
        return Errno.None;
    }

    /// <summary>Writes a regular file's dirty pages to the simulated disk. A poisoned page stays dirty.</summary>
    public void WriteBack()
    {
        ThrowIfGone();
        foreach ((uint firstPage, PageCacheSlot[] slots) in Chunks)
            WriteBackChunk(firstPage, slots);
    }

    /// <summary>Writes the dirty pages of one 2 MiB range to the simulated disk (<c>filemap_write_and_wait_range</c>).</summary>
    internal void WriteBackRange(uint firstPage) => WriteBackChunk(firstPage, ChunkFor(firstPage));

    private void WriteBackChunk(uint firstPage, PageCacheSlot[] slots)
    {
        for (uint i = 0; i < ChunkPages && !IsShmem; i++)
        {
            if (slots[i].IsPage && IsWritten(slots[i].Pfn))
                WriteBack(firstPage + i, slots[i].Pfn);
        }

        bool IsWritten(uint pfn)
        {
            uint head = _memory.HeadOf(pfn);
            // Skips a locked page, which a later call writes.
            return !_memory.Frames[head].Has(PageFlags.Locked) && (_memory.Frames[head].Has(PageFlags.Dirty) || _memory.MapCountOf(head) > 0);
        }
    }

    /// <summary>Attaches private data of the file system to a page in the cache (<c>folio_attach_private</c>).</summary>
    /// <param name="page">The page, counted from the start of the file.</param>
    public void AttachPrivate(uint page)
    {
        ThrowIfGone();
        uint head = _memory.HeadOf(SlotAt(page).Pfn);
        if (!SlotAt(page).IsPage || _memory.Frames[head].Has(PageFlags.Private))
            return;
        _memory.Frames[head].Flags |= PageFlags.Private;
        _memory.Get(head);
    }

    /// <summary>Replaces a page that is no longer mapped with a swap slot.</summary>
    internal void SwapOut(uint page, uint slot)
    {
        uint pfn = SlotAt(page).Pfn;
        ChunkFor(page)[page % ChunkPages] = PageCacheSlot.Swap(slot);
        _machine.Swap.AddUser(slot);
        Forget(pfn);
    }

    /// <summary>Removes a page that memory failure found clean from the cache, so that it can be read again.</summary>
    internal void Remove(uint page)
    {
        uint pfn = SlotAt(page).Pfn;
        ChunkFor(page)[page % ChunkPages] = default;
        Uncharge(1);
        Forget(pfn);
    }

    /// <summary>Clears the rest of the last page of a shorter file, so that it reads as zeros when the file grows again.</summary>
    private void ClearTail(ulong length)
    {
        nuint tail = (nuint)(length % NativeRegion.PageSize);
        var page = (uint)(length / NativeRegion.PageSize);
        if (tail == 0)
            return;
        if (SlotAt(page).IsPage)
        {
            byte* content = _memory.ContentOf(SlotAt(page).Pfn);
            _memory.Engine.Copy(_memory.ContentOf(_memory.ZeroFrame), content + tail, NativeRegion.PageSize - tail);
        }
        if (_store.TryGetValue(page, out byte[]? stored))
            Array.Clear(stored, (int)tail, stored.Length - (int)tail);
    }

    private SystemCallResult Drop(uint first, uint end)
    {
        if (IsAnyHeld(first, end))
            return SystemCallResult.Waits(WaitReason.PageLock);
        foreach ((uint firstPage, PageCacheSlot[] slots) in Chunks)
        {
            for (uint i = 0; i < ChunkPages; i++)
            {
                if (firstPage + i < first || firstPage + i >= end)
                    continue;
                if (slots[i].IsSwap)
                {
                    _machine.Swap.Drop(slots[i].SwapSlot);
                    slots[i] = default;
                    Uncharge(1);
                }
                else if (slots[i].IsPage && !TryDropPage(firstPage + i, slots[i].Pfn, first, end))
                {
                    // The huge page has other references and cannot be split, so the pages to drop are cleared instead.
                    _memory.TryClear(slots[i].Pfn);
                }
                _store.Remove(firstPage + i);
            }
        }
        return Errno.None;
    }

    private bool IsAnyHeld(uint first, uint end)
    {
        foreach ((uint firstPage, PageCacheSlot[] slots) in Chunks)
        {
            for (uint i = 0; i < ChunkPages; i++)
            {
                if (firstPage + i >= first && firstPage + i < end && IsHeld(slots[i]))
                    return true;
            }
        }
        return false;
    }

    private bool IsHeld(PageCacheSlot slot) =>
        slot.IsRetry || (slot.IsPage && _memory.Frames[_memory.HeadOf(slot.Pfn)].Has(PageFlags.Locked));

    private bool TryDropPage(uint page, uint pfn, uint first, uint end)
    {
        uint head = _memory.HeadOf(pfn);
        uint headPage = _memory.Frames[head].Index;
        uint pages = _memory.PagesOf(head);
        _memory.Get(head);
        ReverseMap.TryUnmap(_machine, head, static _ => default);
        _memory.Put(head);
        if (pages > 1)
        {
            bool whole = headPage >= first && headPage + pages <= end;
            if (!whole && !_memory.TrySplit(head))
                return false;
            if (whole)
            {
                _memory.CountHugeInCache(head, -1);
                for (uint i = 0; i < pages; i++)
                    ChunkFor(headPage + i)[(headPage + i) % ChunkPages] = default;
                Uncharge(pages);
                Forget(head);
                return true;
            }
        }
        Remove(page);
        return true;
    }

    /// <summary>Removes a folio from the page cache.</summary>
    private void Forget(uint head)
    {
        int pages = (int)_memory.PagesOf(head);
        _memory.Frames[head].Owner = 0;
        if (_memory.Frames[head].Has(PageFlags.Private))
        {
            _memory.Frames[head].Flags &= ~PageFlags.Private;
            _memory.Put(head);
        }
        CountCached(-pages);
        _memory.Put(head, pages);
    }

    private void WriteBack(uint page, uint pfn)
    {
        uint head = _memory.HeadOf(pfn);
        // Later stores through mappings must make the page dirty again, so it is unmapped; a dirty entry makes it dirty now.
        _memory.Get(head);
        ReverseMap.TryUnmap(_machine, head, static _ => default);
        _memory.Put(head);

        var bytes = new byte[NativeRegion.PageSize];
        fixed (byte* destination = bytes)
        {
            if (_memory.Engine.Copy(_memory.ContentOf(pfn), destination, NativeRegion.PageSize) != 0)
            {
                _machine.MemoryFailure.Enqueue(pfn);
                return;
            }
        }
        _store[page] = bytes;
        if (_memory.Frames[head].Order == 0)
            _memory.Frames[head].Flags &= ~PageFlags.Dirty;
    }

    private AccessResult Poisoned(uint pfn)
    {
        _machine.MemoryFailure.Enqueue(pfn);
        return AccessResult.MemoryError;
    }

    /// <summary>The result of a system call on a file from that of getting its page.</summary>
    private static SystemCallResult ToSystemCall(AccessResult result, ulong value) => result.Outcome switch
    {
        AccessOutcome.Done => SystemCallResult.Returned(value),
        AccessOutcome.Waits => SystemCallResult.Waits(result.WaitsFor),
        AccessOutcome.OutOfMemory => Errno.ENOMEM,
        _ => Errno.EIO,
    };

    private Errno CheckRange(uint firstPage, uint pages)
    {
        ThrowIfGone();
        return pages == 0 ? Errno.EINVAL : ((ulong)firstPage + pages) * NativeRegion.PageSize > MaxLength ? Errno.EFBIG : Errno.None;
    }

    private uint PageOf(ulong offset, int length)
    {
        ThrowIfGone();
        if (offset % NativeRegion.PageSize + (ulong)length > NativeRegion.PageSize)
            throw new ArgumentException("An access must not cross a page boundary.", nameof(length));
        return (uint)(offset / NativeRegion.PageSize);
    }
}
