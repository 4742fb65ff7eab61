using System.Runtime.CompilerServices;

namespace CopyMc.Simulation;

/// <summary>
/// The frames: their content, in one native region, and what is known of each; who may have them, who refers to them, and the LRU lists.
/// Only what is touched costs memory.
/// </summary>
internal sealed unsafe class PhysicalMemory : IDisposable
{
    private static readonly SalvageOptions s_peek = new() { LookAhead = false };

    private readonly NativeRegion _metadata;
    private readonly BuddyAllocator _buddy;
    private FrameList _anonymousLru;
    private FrameList _fileLru;

    internal PhysicalMemory(nuint length, CopyEngine engine)
    {
        Engine = engine;
        FrameCount = (uint)(length / NativeRegion.PageSize);
        var lazily = new NativeRegionOptions { Populate = false, Reserve = false };
        _metadata = new NativeRegion(((nuint)FrameCount + 1) * (nuint)sizeof(Frame), lazily);
        try
        {
            // The zero page is one frame more, behind the memory.
            Content = new NativeRegion(length + NativeRegion.PageSize, lazily);
        }
        catch
        {
            _metadata.Dispose();
            throw;
        }
        Frames = (Frame*)_metadata.Pointer;
        Base = Content.Pointer;
        _buddy = new BuddyAllocator(Frames, FrameCount);
        _anonymousLru = new FrameList(Frames);
        _fileLru = new FrameList(Frames);
    }

    internal CopyEngine Engine { get; }

    internal NativeRegion Content { get; }

    internal uint FrameCount { get; }

    /// <summary>The frame that every read of untouched anonymous memory sees. It is counted nowhere.</summary>
    internal uint ZeroFrame => FrameCount;

    internal Frame* Frames { get; }

    internal byte* Base { get; }

    internal VmCounters Counters { get; } = new();

    internal List<MemoryCgroup> Cgroups { get; } = [];

    /// <summary>Asked at each <see cref="FailurePoint"/> whether to fail there.</summary>
    internal Func<FailurePoint, bool>? FailureInjection { get; set; }

    internal long FreeFrames => _buddy.FreeFrames;

    internal long FreeHugeBlocks => _buddy.FreeHugeBlocks;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Fails(FailurePoint point) => FailureInjection is not null && FailureInjection(point);

    internal byte* ContentOf(uint pfn) => Base + (nuint)pfn * NativeRegion.PageSize;

    internal uint PfnOf(nuint address) => (uint)((address - (nuint)Base) / NativeRegion.PageSize);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint HeadOf(uint pfn) => Frames[pfn].Order == 0 ? pfn : pfn & ~((1u << Frames[pfn].Order) - 1);

    internal uint PagesOf(uint head) => 1u << Frames[head].Order;

    /// <summary>Gives out a folio with one reference and no content, charged to a group.</summary>
    internal bool TryAllocate(int order, MemoryCgroup cgroup, out uint head) => TryAllocate(order, cgroup, out head, out _);

    /// <param name="order">The folio's pages are 2 to this power.</param>
    /// <param name="cgroup">Who pays.</param>
    /// <param name="head">The first frame.</param>
    /// <param name="zeroed">Whether the content is zeros already.</param>
    internal bool TryAllocate(int order, MemoryCgroup cgroup, out uint head, out bool zeroed)
    {
        if (!TryAllocateUncharged(order, out head, out zeroed))
            return false;
        if (TryCharge(head, cgroup))
            return true;
        Put(head);
        return false;
    }

    /// <summary>Charges a folio to a group, as far as the group may hold more.</summary>
    internal bool TryCharge(uint head, MemoryCgroup cgroup)
    {
        if (!cgroup.TryCharge(PagesOf(head)))
            return false;
        Frames[head].Cgroup = cgroup.Number;
        return true;
    }

    /// <summary>Gives out a folio that nobody pays for yet.</summary>
    internal bool TryAllocateUncharged(int order, out uint head, out bool zeroed)
    {
        (head, zeroed) = (Frame.Null, false);
        if (Fails(order == 0 ? FailurePoint.PageAllocation : FailurePoint.HugePageAllocation) || !_buddy.TryAllocate(order, out head, out zeroed))
            return false;
        Frames[head] = new Frame { RefCount = 1, Order = (byte)order };
        if (order > 0)
        {
            Frames[head].Flags = PageFlags.Head;
            new Span<Frame>(Frames + head + 1, (1 << order) - 1).Fill(new Frame { Flags = PageFlags.Tail, Order = (byte)order });
        }
        return true;
    }

    internal void Get(uint head) => Get(head, 1);

    /// <summary>Takes references. Every mapping has one, so that where there is room for them there is for the counts of mappings.</summary>
    /// <exception cref="InvalidOperationException">There are as many as can be counted; nothing is changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Get(uint head, int references)
    {
        ref ushort count = ref Frames[head].RefCount;
        if (references > ushort.MaxValue - count)
            ThrowTooManyReferences();
        count += (ushort)references;
    }

    internal void Put(uint head) => Put(head, 1);

    /// <summary>Drops references; with the last the folio is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Put(uint head, int references)
    {
        ref Frame frame = ref Frames[head];
        frame.RefCount = checked((ushort)(frame.RefCount - references));
        if (frame.RefCount == 0)
            Free(head);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryLock(uint head)
    {
        ref Frame frame = ref Frames[head];
        if ((frame.Flags & PageFlags.Locked) != 0)
            return false;
        frame.Flags |= PageFlags.Locked;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Unlock(uint head) => Frames[head].Flags &= ~PageFlags.Locked;

    internal void LruAdd(uint head)
    {
        ref Frame frame = ref Frames[head];
        frame.Flags |= PageFlags.Lru;
        LruOf(frame.Flags).AddFirst(head);
    }

    /// <summary>Takes a folio off the LRU with a reference of its own (<c>folio_isolate_lru</c>). False if it is not on it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryIsolate(uint head)
    {
        ref Frame frame = ref Frames[head];
        PageFlags flags = frame.Flags;
        if ((flags & PageFlags.Lru) == 0)
            return false;
        Get(head);
        frame.Flags = (flags & ~PageFlags.Lru) | PageFlags.Isolated;
        CountIsolated(flags, 1L << frame.Order);
        LruOf(flags).Remove(head);
        return true;
    }

    /// <summary>
    /// Ends an isolation: the folio is unlocked and the most recently used of its list again, and the isolation's reference is dropped.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PutBack(uint head)
    {
        ref Frame frame = ref Frames[head];
        PageFlags flags = (frame.Flags & ~(PageFlags.Isolated | PageFlags.Locked)) | PageFlags.Lru;
        frame.Flags = flags;
        CountIsolated(flags, -(1L << frame.Order));
        LruOf(flags).AddFirst(head);
        Put(head);
    }

    /// <summary>Ends an isolation of a folio that is about to be freed: it does not come back to its list, its reference stays.</summary>
    internal void EndIsolation(uint head)
    {
        ref Frame frame = ref Frames[head];
        CountIsolated(frame.Flags, -(1L << frame.Order));
        frame.Flags &= ~PageFlags.Isolated;
    }

    internal void LruRemove(uint head)
    {
        ref Frame frame = ref Frames[head];
        frame.Flags &= ~PageFlags.Lru;
        LruOf(frame.Flags).Remove(head);
    }

    /// <summary>The frames of a list, the most recently used first.</summary>
    internal IEnumerable<uint> Lru(bool anonymous)
    {
        for (uint pfn = (anonymous ? _anonymousLru : _fileLru).First; pfn != Frame.Null; pfn = NextOf(pfn))
            yield return pfn;
    }

    /// <summary>The least recently used folio of a list; <see cref="Frame.Null"/> if it is empty.</summary>
    internal uint LeastRecentlyUsed(bool anonymous) => anonymous ? _anonymousLru.Last : _fileLru.Last;

    internal void MapPte(uint pfn)
    {
        uint head = HeadOf(pfn);
        Get(head);
        Frames[pfn].MapCount++;
        if (Frames[head].Order > 0)
            Frames[head + 1].Next++;
    }

    /// <summary>One PTE fewer maps the frame; its reference is dropped too.</summary>
    internal void UnmapPte(uint pfn)
    {
        uint head = HeadOf(pfn);
        Frames[pfn].MapCount = checked((ushort)(Frames[pfn].MapCount - 1));
        if (Frames[head].Order > 0)
            Frames[head + 1].Next--;
        Put(head);
    }

    internal void MapPmd(uint head)
    {
        Get(head);
        Frames[head + 1].Next++;
        Frames[head + 1].Previous++;
    }

    /// <summary>A PTE for each of its pages maps the folio where a PMD did.</summary>
    /// <exception cref="InvalidOperationException">There is no room to count them; nothing is changed.</exception>
    internal void MapPtesForPmd(uint head)
    {
        int pages = (int)PagesOf(head);
        Get(head, pages);
        for (uint i = 0; i < pages; i++)
            Frames[head + i].MapCount++;
        Frames[head + 1].Next += (uint)pages;
        UnmapPmd(head);
    }

    internal void UnmapPmd(uint head)
    {
        Frames[head + 1].Next--;
        Frames[head + 1].Previous--;
        Put(head);
    }

    /// <summary>How many entries map the folio, PMDs and PTEs of all its pages.</summary>
    internal uint MapCountOf(uint head) => Frames[head].Order == 0 ? Frames[head].MapCount : Frames[head + 1].Next;

    internal uint PmdMapCountOf(uint head) => Frames[head].Order == 0 ? 0 : Frames[head + 1].Previous;

    /// <summary>Whether any page of the folio is mapped more than once (<c>folio_maybe_mapped_shared</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsMappedShared(uint head)
    {
        ref Frame frame = ref Frames[head];
        return frame.Order == 0 ? frame.MapCount > 1 : IsLargeMappedShared(head);
    }

    private bool IsLargeMappedShared(uint head)
    {
        uint whole = PmdMapCountOf(head);
        for (uint i = 0; i < PagesOf(head); i++)
        {
            if (whole + Frames[head + i].MapCount > 1)
                return true;
        }
        return false;
    }

    internal bool IsAnonymous(uint head) => Frames[head].Has(PageFlags.Anonymous);

    internal bool IsSwapBacked(uint head) => Frames[head].Has(PageFlags.SwapBacked);

    internal bool IsInPageCache(uint head) => Frames[head].Owner != 0 && !Frames[head].Has(PageFlags.Anonymous);

    /// <summary>The references that mappings and the page cache account for (<c>folio_expected_ref_count</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint ExpectedReferences(uint head)
    {
        ref Frame frame = ref Frames[head];
        if (frame.Order == 0 && (frame.Flags & PageFlags.Anonymous) != 0)
            return frame.MapCount;
        return MapCountOf(head) + (IsInPageCache(head) ? PagesOf(head) : 0);
    }

    /// <summary>Makes a large folio, mapped by no PMD and referred to by nobody unaccounted for, into small ones.</summary>
    /// <returns>False if somebody holds a reference; nothing is changed then.</returns>
    internal bool TrySplit(uint head)
    {
        uint pages = PagesOf(head);
        if (pages == 1)
            return true;
        if (Frames[head].RefCount != ExpectedReferences(head) || PmdMapCountOf(head) != 0 || Frames[head].Has(PageFlags.Isolated))
            return false;

        bool onLru = Frames[head].Has(PageFlags.Lru);
        if (onLru)
            LruRemove(head);
        Frame first = Frames[head];
        bool inCache = IsInPageCache(head);
        if (inCache)
            CountHugeInCache(head, -1);
        for (uint i = pages; i-- > 0;)
        {
            ref Frame frame = ref Frames[head + i];
            frame.Flags = first.Flags & ~(PageFlags.Head | PageFlags.Tail);
            frame.Order = 0;
            frame.Cgroup = first.Cgroup;
            frame.Owner = first.Owner;
            frame.Index = first.Index + i;
            frame.RefCount = (ushort)(frame.MapCount + (inCache ? 1 : 0));
            if (frame.RefCount == 0)
                Free(head + i);
            else if (onLru)
                LruAdd(head + i);
        }
        return true;
    }

    /// <summary>Counts a file's huge page.</summary>
    internal void CountHugeInCache(uint head, int pages)
    {
        if (IsSwapBacked(head))
            Counters.NrShmemThps += pages;
        else
            Counters.NrFileThps += pages;
    }

    /// <summary>Copies a page from the zero page: unlike a memset it survives a bad destination, of which it says so.</summary>
    internal bool TryClear(uint pfn) => TryCopyPages(ZeroFrame, pfn, 1, out _);

    /// <summary>Copies neighbouring frames. On poison, says which frame is bad.</summary>
    internal bool TryCopyPages(uint from, uint to, uint count, out uint bad)
    {
        bad = Frame.Null;
        // Everything inside the region is ours, and frames do not overlap.
        if (Engine.Copy(ContentOf(from), ContentOf(to), (nuint)count * NativeRegion.PageSize, out CopyFault fault) == 0)
            return true;
        bad = PfnOf(nuint.Max(fault.Address, (nuint)Base));
        return false;
    }

    /// <summary>Copies what can be read of a page to outside of the machine; the rest is zeros there.</summary>
    internal AccessResult Peek(byte* content, Span<byte> page)
    {
        fixed (byte* destination = page)
        {
            return Engine.Salvage(content, destination, NativeRegion.PageSize, s_peek).LostBytes == 0 ? AccessResult.Done : AccessResult.BusError;
        }
    }

    /// <summary>Takes a frame that is free out of use for ever. False if it is not free.</summary>
    internal bool TryTakeFree(uint pfn) => _buddy.TryTake(pfn);

    /// <summary>No group pays for the folio any more.</summary>
    internal void Uncharge(uint head)
    {
        if (Frames[head].Cgroup == 0)
            return;
        Cgroups[Frames[head].Cgroup].Uncharge(PagesOf(head));
        Frames[head].Cgroup = 0;
    }

    public void Dispose()
    {
        Content.Dispose();
        _metadata.Dispose();
    }

    private static void ThrowTooManyReferences() => throw new InvalidOperationException($"A page has at most {ushort.MaxValue} references.");

    private uint NextOf(uint pfn) => Frames[pfn].Next;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref FrameList LruOf(PageFlags flags) => ref (flags & PageFlags.Anonymous) != 0 ? ref _anonymousLru : ref _fileLru;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountIsolated(PageFlags flags, long pages)
    {
        if ((flags & PageFlags.Anonymous) != 0)
            Counters.NrIsolatedAnon += pages;
        else
            Counters.NrIsolatedFile += pages;
    }

    private void Free(uint head)
    {
        ref Frame frame = ref Frames[head];
        if (frame.Has(PageFlags.Lru))
            LruRemove(head);
        Uncharge(head);
        int order = frame.Order;
        new Span<Frame>(Frames + head, 1 << order).Clear();
        _buddy.Free(head, order);
    }
}
