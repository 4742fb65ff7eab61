using System.Runtime.CompilerServices;

namespace CopyMc.Simulation;

// The LRU lists, and the isolation of folios.
internal sealed unsafe partial class PhysicalMemory
{
    private FrameList _anonymousLru;
    private FrameList _fileLru;

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

    /// <summary>Takes a folio off the LRU, and takes a reference (<c>folio_isolate_lru</c>). Returns false if it is not on the LRU.</summary>
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

    /// <summary>Locks and isolates a frame that is <see cref="Frame.IsOrdinary"/>: nothing can keep it from that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void IsolateOrdinary(uint pfn)
    {
        ref Frame frame = ref Frames[pfn];
        frame.Flags = (frame.Flags & ~PageFlags.Lru) | PageFlags.Isolated | PageFlags.Locked;
        frame.RefCount = 2;
        Counters.NrIsolatedAnon++;
        _anonymousLru.Remove(pfn);
    }

    /// <summary>
    /// Ends an isolation: unlocks the folio, makes it the most recently used of its list, and drops the reference of the isolation.
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

    /// <summary>Ends the isolation of a folio that is about to be freed: it does not return to its list, and the reference stays.</summary>
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
}
