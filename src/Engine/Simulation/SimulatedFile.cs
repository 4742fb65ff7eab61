namespace CopyMc.Simulation;

/// <summary>A file and its page cache: ordered slots of 4 KiB, each empty, a page, or (shmem) a page in swap.</summary>
public sealed unsafe partial class SimulatedFile
{
    /// <summary>Bytes of the longest file, because page numbers have 32 bits: 16 TiB less one huge page.</summary>
    public const ulong MaxLength = (1UL << 44) - NativeRegion.HugePageSize;

    private const int ChunkPages = PageTable.EntryCount;

    private readonly SimulatedMachine _machine;
    private readonly PhysicalMemory _memory;
    private readonly Dictionary<uint, PageCacheSlot[]> _chunks = [];
    /// <summary>The simulated disk of a regular file; pages that are not here are zeros.</summary>
    private readonly Dictionary<uint, byte[]> _store = [];

    internal SimulatedFile(SimulatedMachine machine, uint number, ulong length, bool isShmem, MemoryCgroup cgroup)
    {
        ThrowIfTooLong(0, length, nameof(length), nameof(length));
        _machine = machine;
        _memory = machine.Memory;
        Number = number;
        Length = length;
        IsShmem = isShmem;
        Cgroup = cgroup;
    }

    /// <summary>Bytes in the file.</summary>
    public ulong Length { get; private set; }

    /// <summary>Whether its content is in memory and swap (a memfd, tmpfs) instead of on the simulated disk.</summary>
    public bool IsShmem { get; }

    /// <summary>The group that its pages are charged to.</summary>
    public MemoryCgroup Cgroup { get; }

    /// <summary>Pages in the cache, 512 for a huge page, and pages that a collapse has reserved for holes.</summary>
    public long CachedPages { get; internal set; }

    /// <summary>The limit of pages of shmem, in memory and swap; a charge beyond it fails.</summary>
    public long LimitPages { get; set; } = long.MaxValue;

    /// <summary>Pages charged against <see cref="LimitPages"/>.</summary>
    public long ChargedPages { get; private set; }

    /// <summary>
    /// Whether it is open for writing, or mapped with <see cref="VmaFlags.MayWrite"/>: a regular file is then not collapsed. Setting it to false
    /// removes that flag from areas without <see cref="VmaFlags.Write"/>, as if their descriptors were read-only, and makes pages with dirty
    /// entries dirty.
    /// </summary>
    public bool IsOpenForWrite
    {
        get => field || Areas.Exists(area => (area.Flags & VmaFlags.MayWrite) != 0);
        set
        {
            field = value;
            foreach (Vma area in Areas)
            {
                if (!value && (area.Flags & VmaFlags.Write) == 0)
                    area.Space.EndMayWrite(area);
            }
        }
    }

    /// <summary>Its seals.</summary>
    public FileSeals Seals { get; private set; }

    /// <summary>Whether it is shared anonymous memory, which is deleted with its last mapping.</summary>
    internal bool IsUnnamed { get; init; }

    /// <summary>Whether a shared mapping of it can never be written to.</summary>
    internal bool RefusesWritableMapping => (Seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0;

    /// <summary>The areas that map it.</summary>
    internal List<Vma> Areas { get; } = [];

    internal uint Number { get; }

    /// <summary>Its length in pages, rounded up.</summary>
    internal ulong LengthInPages => (Length + NativeRegion.PageSize - 1) / NativeRegion.PageSize;

    internal bool IsBeyondEnd(uint page) => page >= LengthInPages;

    internal void DeleteIfUnnamed()
    {
        if (IsUnnamed && Areas.Count == 0)
            Delete();
    }

    /// <summary>Looks at the slot of one page.</summary>
    /// <param name="page">The page, counted from the start of the file.</param>
    /// <returns>The slot; one with <see cref="PageCacheSlot.IsEmpty"/> for a hole.</returns>
    public PageCacheSlot SlotAt(uint page) =>
        _chunks.TryGetValue(page / ChunkPages, out PageCacheSlot[]? chunk) ? chunk[page % ChunkPages] : default;

    /// <summary>Tells whether a 2 MiB range is a huge page.</summary>
    /// <param name="firstPage">The first page of the range; a multiple of 512.</param>
    /// <returns>True if the range is a huge page.</returns>
    public bool IsHuge(uint firstPage) => TryGetHuge(firstPage, out _);

    /// <summary>The slots of the 2 MiB range that starts with a page, to be changed only by the machine.</summary>
    internal PageCacheSlot[] ChunkFor(uint firstPage)
    {
        if (!_chunks.TryGetValue(firstPage / ChunkPages, out PageCacheSlot[]? chunk))
            _chunks[firstPage / ChunkPages] = chunk = new PageCacheSlot[ChunkPages];
        return chunk;
    }

    /// <summary>The file's 2 MiB ranges that were ever used, by first page.</summary>
    internal IEnumerable<(uint FirstPage, PageCacheSlot[] Slots)> Chunks =>
        _chunks.OrderBy(pair => pair.Key).Select(pair => (pair.Key * ChunkPages, pair.Value));

    /// <summary>Finds the huge page of the 2 MiB range that starts with a page.</summary>
    internal bool TryGetHuge(uint firstPage, out uint head)
    {
        PageCacheSlot slot = SlotAt(firstPage);
        head = slot.Pfn;
        return firstPage % ChunkPages == 0 && slot.IsPage && _memory.Frames[head].Order == BuddyAllocator.HugeOrder
            && !_memory.Frames[head].Has(PageFlags.HwPoison);
    }

    /// <exception cref="ArgumentException">The file belongs to another machine.</exception>
    internal void ThrowIfNotOf(SimulatedMachine machine, string name = "file")
    {
        if (machine != _machine)
            throw new ArgumentException("The file belongs to another machine.", name);
    }

    private void ThrowIfGone() => _machine.ThrowIfGone();

    /// <exception cref="ArgumentOutOfRangeException">The range of bytes reaches beyond <see cref="MaxLength"/>.</exception>
    internal static void ThrowIfTooLong(ulong offset, ulong length, string offsetName, string lengthName)
    {
        if (offset > MaxLength || length > MaxLength - offset)
            throw new ArgumentOutOfRangeException(offset > MaxLength ? offsetName : lengthName, $"A file has at most {MaxLength} bytes: 16 TiB less 2 MiB.");
    }

    /// <summary>Reads the content that a load of a page would find, without reading it into the cache.</summary>
    internal AccessResult Peek(uint page, Span<byte> content)
    {
        PageCacheSlot slot = SlotAt(page);
        if (page >= LengthInPages)
            return AccessResult.BusAddressError;
        if (slot.IsPage && !IsReady(slot.Pfn))
            return AccessResult.Done;
        if (slot.IsPage)
            return _memory.Frames[slot.Pfn].Has(PageFlags.HwPoison) ? AccessResult.MemoryError : _memory.Peek(_memory.ContentOf(slot.Pfn), content);
        if (slot.IsSwap)
            return _memory.Peek(_machine.Swap.Content(slot.SwapSlot), content);
        if (_store.TryGetValue(page, out byte[]? stored))
            stored.CopyTo(content);
        return AccessResult.Done;
    }

    /// <summary>Called when the machine is disposed: drops the page cache.</summary>
    internal void Close() => _chunks.Clear();

    internal bool TryCharge(long pages)
    {
        if (IsShmem && ChargedPages + pages > LimitPages)
            return false;
        ChargedPages += pages;
        return true;
    }

    internal void Uncharge(long pages) => ChargedPages -= pages;

    /// <summary>Finds a page, reads it in, or allocates it.</summary>
    internal AccessResult TryGetPage(uint page, out uint pfn)
    {
        pfn = Frame.Null;
        if (page >= LengthInPages)
            return AccessResult.BusAddressError;
        PageCacheSlot slot = SlotAt(page);
        if (slot.IsRetry)
            return AccessResult.Waits(WaitReason.PageCacheSlot);
        if (!slot.IsPage)
            return TryBringIn(page, out pfn);
        pfn = slot.Pfn;
        uint head = _memory.HeadOf(pfn);
        if (_memory.Frames[pfn].Has(PageFlags.HwPoison))
            return AccessResult.MemoryError;
        // A fault or a write takes the page's lock.
        if (_memory.Frames[head].Has(PageFlags.Locked))
            return AccessResult.Waits(WaitReason.PageLock);
        return IsReady(pfn) || TryClearAllocated(pfn) ? AccessResult.Done : AccessResult.MemoryError;
    }

    /// <summary>Finds a page in the cache that can be mapped around a fault, without waiting (<c>next_uptodate_folio</c>).</summary>
    internal bool TryFindReady(uint page, out uint pfn, bool evenBeyondEnd = false)
    {
        PageCacheSlot slot = SlotAt(page);
        pfn = slot.Pfn;
        return slot.IsPage && (evenBeyondEnd || page < LengthInPages) && IsReady(pfn) && !_memory.Frames[pfn].Has(PageFlags.HwPoison)
            && !_memory.Frames[_memory.HeadOf(pfn)].Has(PageFlags.Locked);
    }

    /// <summary>Whether the content is valid, unlike that of a page of shmem that was only allocated.</summary>
    internal bool IsReady(uint pfn) => _memory.Frames[_memory.HeadOf(pfn)].Has(PageFlags.UpToDate);

    /// <summary>Clears a page that was only allocated, for its first use (<c>shmem_get_folio_gfp</c>). Returns false if it is poisoned.</summary>
    internal bool TryClearAllocated(uint pfn)
    {
        if (!_memory.TryClear(pfn))
        {
            _machine.MemoryFailure.Enqueue(pfn);
            return false;
        }
        _memory.Frames[pfn].Flags |= PageFlags.UpToDate;
        return true;
    }

    /// <summary>Allocates a page for a hole of shmem, without content (<c>shmem_fallocate</c>).</summary>
    private Errno AllocatePage(uint page)
    {
        if (!TryCharge(1))
            return Errno.ENOSPC;
        if (!_memory.TryAllocate(0, Cgroup, out uint pfn))
        {
            Uncharge(1);
            return Errno.ENOMEM;
        }
        ref Frame frame = ref _memory.Frames[pfn];
        // Dirty, so that reclaim keeps it.
        frame.Flags |= PageFlags.SwapBacked | PageFlags.Dirty;
        (frame.Owner, frame.Index) = (Number, page);
        ChunkFor(page)[page % ChunkPages] = PageCacheSlot.Page(pfn);
        CountCached(1);
        _memory.LruAdd(pfn);
        return Errno.None;
    }

    /// <summary>Reads a page in from swap or the simulated disk, or makes a new one; it must not be in the cache.</summary>
    internal AccessResult TryBringIn(uint page, out uint pfn)
    {
        PageCacheSlot slot = SlotAt(page);
        pfn = Frame.Null;
        if (_memory.Fails(FailurePoint.ReadIn))
            return AccessResult.BusAddressError;
        if (!slot.IsSwap && !TryCharge(1))
            return AccessResult.BusAddressError;
        AccessResult result = TryFill(page, slot, out pfn);
        if (!result.IsDone)
        {
            if (!slot.IsSwap)
                Uncharge(1);
            return result;
        }

        ref Frame frame = ref _memory.Frames[pfn];
        frame.Flags |= PageFlags.UpToDate | (IsShmem ? PageFlags.SwapBacked : PageFlags.None) | (slot.IsSwap ? PageFlags.Dirty : PageFlags.None);
        frame.Owner = Number;
        frame.Index = page;
        // The allocation's reference becomes the page cache's.
        ChunkFor(page)[page % ChunkPages] = PageCacheSlot.Page(pfn);
        CountCached(1);
        _memory.LruAdd(pfn);
        if (slot.IsSwap)
        {
            _machine.Counters.PSwpIn++;
            _machine.Swap.Drop(slot.SwapSlot);
        }
        return AccessResult.Done;
    }

    internal void CountCached(long pages)
    {
        CachedPages += pages;
        _machine.Counters.NrFilePages += pages;
        if (IsShmem)
            _machine.Counters.NrShmem += pages;
    }

    private AccessResult TryFill(uint page, PageCacheSlot slot, out uint pfn)
    {
        do
        {
            if (!_memory.TryAllocate(0, Cgroup, out pfn, out bool zeroed))
                return AccessResult.OutOfMemory;
            byte* destination = _memory.ContentOf(pfn);
            nuint left;
            if (slot.IsSwap)
            {
                left = _memory.Engine.Copy(_machine.Swap.Content(slot.SwapSlot), destination, NativeRegion.PageSize);
            }
            else if (_store.TryGetValue(page, out byte[]? stored))
            {
                fixed (byte* source = stored)
                    left = _memory.Engine.Copy(source, destination, NativeRegion.PageSize);
            }
            else
            {
                left = zeroed || _memory.TryClear(pfn) ? 0u : NativeRegion.PageSize;
            }
            if (left == 0)
                return AccessResult.Done;
            // A frame that cannot be written is bad, so another one is allocated.
            _machine.MemoryFailure.Enqueue(pfn);
            _memory.Put(pfn);
            _machine.MemoryFailure.RunPending();
        }
        while (true);
    }
}
