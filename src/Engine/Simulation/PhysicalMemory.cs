using System.Runtime.CompilerServices;

namespace CopyMc.Simulation;

/// <summary>
/// The frames: their content, in one native region, their metadata, allocation and references, and the LRU lists. Only touched memory takes up
/// memory of the process.
/// </summary>
internal sealed unsafe partial class PhysicalMemory : IDisposable
{
    private static readonly SalvageOptions s_peek = new() { LookAhead = false };

    private readonly NativeRegion _metadata;
    private readonly BuddyAllocator _buddy;

    private readonly CopyEngine _pageEngine;

    /// <param name="length">Bytes; whole huge pages.</param>
    /// <param name="engine">Copies parts of pages, which are used at once.</param>
    /// <param name="pageEngine">Copies whole pages.</param>
    internal PhysicalMemory(nuint length, CopyEngine engine, CopyEngine pageEngine)
    {
        Engine = engine;
        _pageEngine = pageEngine;
        FrameCount = (uint)(length / NativeRegion.PageSize);
        var lazily = new NativeRegionOptions { Populate = false, Reserve = false };
        _metadata = new NativeRegion(((nuint)FrameCount + 1) * (nuint)sizeof(Frame), lazily);
        try
        {
            // The zero page is one more frame, after the memory.
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

    /// <summary>The zero page, which is mapped for loads from untouched anonymous memory. Its references are not counted.</summary>
    internal uint ZeroFrame => FrameCount;

    internal Frame* Frames { get; }

    internal byte* Base { get; }

    internal VmCounters Counters { get; } = new();

    internal List<MemoryCgroup> Cgroups { get; } = [];

    /// <summary>Called at each <see cref="FailurePoint"/>; returns whether to fail there.</summary>
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

    internal Folio FolioOf(uint pfn)
    {
        uint head = HeadOf(pfn);
        ref Frame frame = ref Frames[head];
        return new Folio(head, frame.Order, pfn, frame.Flags, (int)MapCountOf(head), frame.RefCount);
    }

    /// <summary>Allocates a folio with one reference and undefined content, charged to a group.</summary>
    internal bool TryAllocate(int order, MemoryCgroup cgroup, out uint head) => TryAllocate(order, cgroup, out head, out _);

    /// <param name="order">The binary logarithm of the number of pages.</param>
    /// <param name="cgroup">The group to charge.</param>
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

    /// <summary>Charges a folio to a group. Returns false at the limit of the group.</summary>
    internal bool TryCharge(uint head, MemoryCgroup cgroup)
    {
        if (!cgroup.TryCharge(PagesOf(head)))
            return false;
        Frames[head].Cgroup = cgroup.Number;
        return true;
    }

    /// <summary>Allocates a folio that is not charged yet.</summary>
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

    /// <summary>Takes references. Every mapping has one, so that the counts of mappings cannot overflow if this one does not.</summary>
    /// <exception cref="InvalidOperationException">The count would overflow; nothing is changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Get(uint head, int references)
    {
        ref ushort count = ref Frames[head].RefCount;
        if (references > ushort.MaxValue - count)
            ThrowTooManyReferences();
        count += (ushort)references;
    }

    internal void Put(uint head) => Put(head, 1);

    /// <summary>Drops references, and frees the folio with the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Put(uint head, int references)
    {
        ref Frame frame = ref Frames[head];
        frame.RefCount = checked((ushort)(frame.RefCount - references));
        if (frame.RefCount == 0)
            Free(head);
    }

    /// <summary>Splits a large folio, which no PMD may map, into small ones.</summary>
    /// <returns>False, with nothing changed, if it has more references than expected.</returns>
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

    /// <summary>Clears a page by a copy of the zero page, which survives poison in the destination. Returns false if there is any.</summary>
    internal bool TryClear(uint pfn) => TryCopyPages(ZeroFrame, pfn, 1, out _);

    /// <summary>Whether a page can be read completely and contains only zeros.</summary>
    internal bool HoldsOnlyZeros(uint pfn)
    {
        Span<byte> content = stackalloc byte[NativeRegion.PageSize];
        return Peek(ContentOf(pfn), content).IsDone && content.IndexOfAnyExcept((byte)0) < 0;
    }

    /// <summary>Copies consecutive frames. If it returns false, <paramref name="bad"/> is the poisoned frame.</summary>
    internal bool TryCopyPages(uint from, uint to, uint count, out uint bad)
    {
        bad = Frame.Null;
        // Sound: the frames are inside the region, and do not overlap.
        if (_pageEngine.Copy(ContentOf(from), ContentOf(to), (nuint)count * NativeRegion.PageSize, out CopyFault fault) == 0)
            return true;
        bad = PfnOf(nuint.Max(fault.Address, (nuint)Base));
        return false;
    }

    /// <summary>Stores bytes of the caller in a frame. Returns false if the frame is poisoned.</summary>
    /// <exception cref="ArgumentException">The bytes of the caller are poisoned or lost.</exception>
    internal bool TryStore(ReadOnlySpan<byte> bytes, byte* content)
    {
        fixed (byte* source = bytes)
        {
            return Engine.Copy(source, content, (nuint)bytes.Length, out CopyFault fault) == 0
                || (fault.Side == CopySide.Destination ? false : throw new ArgumentException($"The bytes to store cannot be read: {fault.Kind}.", nameof(bytes)));
        }
    }

    /// <summary>Loads bytes of a frame for the caller. Returns false if the frame is poisoned.</summary>
    /// <exception cref="ArgumentException">The memory of the caller is lost.</exception>
    internal bool TryLoad(byte* content, Span<byte> bytes)
    {
        fixed (byte* destination = bytes)
        {
            return Engine.Copy(content, destination, (nuint)bytes.Length, out CopyFault fault) == 0
                || (fault.Side == CopySide.Source ? false : throw new ArgumentException($"The memory for the bytes cannot be written: {fault.Kind}.", nameof(bytes)));
        }
    }

    /// <summary>Copies the readable bytes of a page to memory outside the machine, and clears the others there.</summary>
    internal AccessResult Peek(byte* content, Span<byte> page)
    {
        fixed (byte* destination = page)
        {
            return Engine.Salvage(content, destination, NativeRegion.PageSize, s_peek).LostBytes == 0 ? AccessResult.Done : AccessResult.MemoryError;
        }
    }

    /// <summary>Takes a free frame out of use. Returns false if it is not free.</summary>
    internal bool TryTakeFree(uint pfn) => _buddy.TryTake(pfn);

    /// <summary>Removes the charge of a folio.</summary>
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
