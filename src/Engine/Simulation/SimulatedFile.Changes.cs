namespace CopyMc.Simulation;

// What changes a file: writing, reading, truncating, punching holes, writing back, swapping out.
public sealed unsafe partial class SimulatedFile
{
    /// <summary>Writes bytes within one page of the file (<c>pwrite(2)</c>); the file grows if needed.</summary>
    /// <exception cref="ArgumentException">The bytes cross a page, or lie beyond <see cref="MaxLength"/>.</exception>
    public AccessResult Write(ulong offset, ReadOnlySpan<byte> bytes)
    {
        uint page = PageOf(offset, bytes.Length);
        ulong length = Length;
        Length = ulong.Max(length, offset + (ulong)bytes.Length);
        AccessResult result = TryGetPage(page, out uint pfn);
        if (result == AccessResult.Done)
        {
            fixed (byte* source = bytes)
            {
                if (_memory.Engine.Copy(source, _memory.ContentOf(pfn) + offset % NativeRegion.PageSize, (nuint)bytes.Length) != 0)
                    result = Poisoned(pfn);
            }
            _memory.Frames[_memory.HeadOf(pfn)].Flags |= PageFlags.Dirty;
        }
        if (result != AccessResult.Done)
            Length = length;
        return result;
    }

    /// <summary>Reads bytes within one page of the file (<c>pread(2)</c>); beyond the end there is nothing: <see cref="AccessResult.BusError"/>.</summary>
    /// <exception cref="ArgumentException">The bytes cross a page, or lie beyond <see cref="MaxLength"/>.</exception>
    public AccessResult Read(ulong offset, Span<byte> bytes)
    {
        AccessResult result = TryGetPage(PageOf(offset, bytes.Length), out uint pfn);
        if (result != AccessResult.Done)
            return result;
        fixed (byte* destination = bytes)
        {
            return _memory.Engine.Copy(_memory.ContentOf(pfn) + offset % NativeRegion.PageSize, destination, (nuint)bytes.Length) == 0
                ? AccessResult.Done
                : Poisoned(pfn);
        }
    }

    /// <summary>Gives the file another length (<c>ftruncate(2)</c>); pages beyond it are dropped and unmapped.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is more than <see cref="MaxLength"/>.</exception>
    public AccessResult Truncate(ulong length)
    {
        ThrowIfDisposed();
        ThrowIfTooLong(0, length, nameof(length), nameof(length));
        var last = (uint)(length / NativeRegion.PageSize);
        uint first = (uint)((length + NativeRegion.PageSize - 1) / NativeRegion.PageSize);
        if (length <= Length)
        {
            // The page that is cut in two is waited for, too, and brought in where it is in swap (shmem_get_partial_folio).
            if (IsAnyHeld(last, uint.MaxValue))
                return AccessResult.WouldBlock;
            AccessResult result = last != first && SlotAt(last).IsSwap ? TryBringIn(last, out _) : AccessResult.Done;
            // A huge page may reach beyond the end.
            if (result == AccessResult.Done)
                result = Drop(first, uint.MaxValue);
            if (result != AccessResult.Done)
                return result;
            // Private copies end with the file too; a hole leaves them.
            foreach (Vma area in Areas)
                area.Space.ZapFrom(area, first);
            ClearTail(length);
        }
        Length = length;
        return AccessResult.Done;
    }

    /// <summary>Deletes the file: everything in it is dropped.</summary>
    /// <exception cref="InvalidOperationException">Somebody maps it.</exception>
    public AccessResult Delete()
    {
        if (Areas.Count > 0)
            throw new InvalidOperationException("A file that is mapped lives on.");
        AccessResult result = Truncate(0);
        if (result == AccessResult.Done)
            _machine.Remove(this);
        return result;
    }

    /// <summary>Drops whole pages (<c>FALLOC_FL_PUNCH_HOLE</c>): they read as zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The hole reaches beyond <see cref="MaxLength"/>.</exception>
    public AccessResult PunchHole(uint firstPage, uint pages)
    {
        ThrowIfDisposed();
        ThrowIfTooLong((ulong)firstPage * NativeRegion.PageSize, (ulong)pages * NativeRegion.PageSize, nameof(firstPage), nameof(pages));
        return Drop(firstPage, firstPage + pages);
    }

    /// <summary>Writes a regular file's dirty pages to its store. A page whose content is poisoned stays dirty.</summary>
    public void WriteBack()
    {
        ThrowIfDisposed();
        foreach ((uint firstPage, PageCacheSlot[] slots) in Chunks)
        {
            for (uint i = 0; i < ChunkPages && !IsShmem; i++)
            {
                if (slots[i].IsPage && IsWritten(slots[i].Pfn))
                    WriteBack(firstPage + i, slots[i].Pfn);
            }
        }

        bool IsWritten(uint pfn)
        {
            uint head = _memory.HeadOf(pfn);
            // A page that somebody holds locked is left for the next time.
            return !_memory.Frames[head].Has(PageFlags.Locked) && (_memory.Frames[head].Has(PageFlags.Dirty) || _memory.MapCountOf(head) > 0);
        }
    }

    /// <summary>Has the file system keep data of its own with a page in the cache (<c>folio_attach_private</c>).</summary>
    public void AttachPrivate(uint page)
    {
        ThrowIfDisposed();
        uint head = _memory.HeadOf(SlotAt(page).Pfn);
        if (!SlotAt(page).IsPage || _memory.Frames[head].Has(PageFlags.Private))
            return;
        _memory.Frames[head].Flags |= PageFlags.Private;
        _memory.Get(head);
    }

    /// <summary>Puts a swap slot where a page was, which nobody maps any more.</summary>
    internal void SwapOut(uint page, uint slot)
    {
        uint pfn = SlotAt(page).Pfn;
        ChunkFor(page)[page % ChunkPages] = PageCacheSlot.Swap(slot);
        _machine.Swap.AddUser(slot);
        Forget(pfn);
    }

    /// <summary>Takes a page that memory failure found clean out of the cache: it can be read again.</summary>
    internal void Remove(uint page)
    {
        uint pfn = SlotAt(page).Pfn;
        ChunkFor(page)[page % ChunkPages] = default;
        Uncharge(1);
        Forget(pfn);
    }

    /// <summary>What a shorter file no longer has of its last page reads as zeros when it grows again.</summary>
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

    private AccessResult Drop(uint first, uint end)
    {
        if (IsAnyHeld(first, end))
            return AccessResult.WouldBlock;
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
                    // Somebody holds the huge page: what should go is cleared and stays.
                    _memory.TryClear(slots[i].Pfn);
                }
                _store.Remove(firstPage + i);
            }
        }
        return AccessResult.Done;
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

    /// <summary>The page cache lets go of a folio.</summary>
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
        // Stores through mappings must be seen again after this: what maps the page is taken away, and a dirty entry tells the page.
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
        return AccessResult.BusError;
    }

    private uint PageOf(ulong offset, int length)
    {
        ThrowIfDisposed();
        if (offset % NativeRegion.PageSize + (ulong)length > NativeRegion.PageSize)
            throw new ArgumentException("One access stays in one page.", nameof(length));
        ThrowIfTooLong(offset, (ulong)length, nameof(offset), nameof(offset));
        return (uint)(offset / NativeRegion.PageSize);
    }
}
