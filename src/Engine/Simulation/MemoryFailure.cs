namespace CopyMc.Simulation;

/// <summary>
/// What happens to a frame that was found to be poisoned (<c>mm/memory-failure.c</c>): unmapped everywhere, its entries
/// turned into poisoned ones, and never given out again.
/// </summary>
public sealed unsafe class MemoryFailure
{
    private readonly SimulatedMachine _machine;
    private readonly Queue<uint> _pending = new();

    internal MemoryFailure(SimulatedMachine machine) => _machine = machine;

    /// <summary>Frames that wait to be handled.</summary>
    public int PendingCount => _pending.Count;

    private PhysicalMemory Memory => _machine.Memory;

    /// <summary>Queues a frame (<c>memory_failure_queue</c>): whoever finds the poison holds locks that the handling needs.</summary>
    public void Enqueue(uint pfn)
    {
        if (pfn < Memory.FrameCount && !Memory.Frames[pfn].Has(PageFlags.HwPoison) && !_pending.Contains(pfn))
            _pending.Enqueue(pfn);
    }

    /// <summary>Handles what was queued; what somebody holds locked stays queued.</summary>
    public void RunPending()
    {
        for (int left = _pending.Count; left > 0; left--)
        {
            uint pfn = _pending.Dequeue();
            if (Handle(pfn).IsWaiting)
                _pending.Enqueue(pfn);
        }
    }

    /// <summary>Handles one frame.</summary>
    /// <returns>Whether it waits: for the page's lock, or for a holder of the page.</returns>
    public AccessResult Handle(uint pfn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pfn, Memory.FrameCount);
        if (Memory.Frames[pfn].Has(PageFlags.HwPoison))
            return AccessResult.Done;
        if (Memory.TryTakeFree(pfn))
        {
            Retire(pfn);
            return AccessResult.Done;
        }
        uint head = Memory.HeadOf(pfn);
        // A page that is nobody's is on its way to somebody: it is looked at again when it has arrived.
        bool anonymous = Memory.IsAnonymous(head);
        bool cached = Memory.IsInPageCache(head);
        if (Memory.Frames[head].Has(PageFlags.Locked) || Memory.Frames[head].Has(PageFlags.Isolated) || !(anonymous || cached)
            || !ReverseMap.CanWalk(_machine, head) || !FolioSplit.TrySplit(_machine, head))
        {
            return AccessResult.Waits(WaitReason.PageLock);
        }
        // Splitting frees the pages that nobody maps.
        if (Memory.TryTakeFree(pfn))
        {
            Retire(pfn);
            return AccessResult.Done;
        }

        Memory.Get(pfn);
        // A clean page of a regular file is read again by the next fault: nobody needs to know (unmap_poisoned_folio).
        bool isClean = cached && !Memory.IsSwapBacked(pfn) && !Memory.Frames[pfn].Has(PageFlags.Dirty) && !ReverseMap.IsDirty(_machine, pfn);
        if (!ReverseMap.TryUnmap(_machine, pfn, bad => isClean ? default : Pte.HwPoison(bad)))
        {
            Memory.Put(pfn);
            return AccessResult.Waits(WaitReason.PageLock);
        }
        if (Memory.Frames[pfn].Has(PageFlags.Lru))
            Memory.LruRemove(pfn);
        Memory.Uncharge(pfn);
        // What shmem loses stays lost; another file's page can be read again.
        if (cached && !Memory.IsSwapBacked(pfn))
            _machine.FileOf(Memory.Frames[pfn].Owner).Remove(Memory.Frames[pfn].Index);
        Retire(pfn);
        return AccessResult.Done;
    }

    /// <summary>
    /// Gives a frame back for use (<c>unpoison-pfn</c> of <c>hwpoison-inject</c>): its lines are no longer marked. Poison that really
    /// faults must be healed by who injected it.
    /// </summary>
    public void Unpoison(uint pfn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pfn, Memory.FrameCount);
        Memory.Content.Poison.Clear((nuint)pfn * NativeRegion.PageSize, NativeRegion.PageSize);
        if (!Memory.Frames[pfn].Has(PageFlags.HwPoison))
            return;
        Memory.Frames[pfn].Flags &= ~PageFlags.HwPoison;
        _machine.Counters.HardwareCorrupted--;
        Memory.Put(pfn);
    }

    /// <summary>The reference that is held here is never dropped: the frame is out of use.</summary>
    private void Retire(uint pfn)
    {
        if (Memory.Frames[pfn].RefCount == 0)
            Memory.Frames[pfn].RefCount = 1;
        Memory.Frames[pfn].Flags |= PageFlags.HwPoison;
        _machine.Counters.HardwareCorrupted++;
    }

}
