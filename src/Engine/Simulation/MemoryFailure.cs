namespace CopyMc.Simulation;

/// <summary>
/// Handles poisoned frames (<c>mm/memory-failure.c</c>): unmaps each everywhere, turns its entries into poison entries, and takes it out of use.
/// </summary>
public sealed unsafe class MemoryFailure
{
    private readonly SimulatedMachine _machine;
    private readonly Queue<uint> _pending = new();

    internal MemoryFailure(SimulatedMachine machine) => _machine = machine;

    /// <summary>The number of queued frames.</summary>
    public int PendingCount => _pending.Count;

    private PhysicalMemory Memory => _machine.Memory;

    /// <summary>Queues a frame (<c>memory_failure_queue</c>), because the code that finds poison holds locks that the handling needs.</summary>
    /// <param name="pfn">The number of the frame.</param>
    public void Enqueue(uint pfn)
    {
        if (pfn < Memory.FrameCount && !Memory.Frames[pfn].Has(PageFlags.HwPoison) && !_pending.Contains(pfn))
            _pending.Enqueue(pfn);
    }

    /// <summary>Handles the queued frames; those that must wait for a lock stay queued.</summary>
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
    /// <param name="pfn">The number of the frame.</param>
    /// <returns>Done, or waiting for the page lock or a reference.</returns>
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
        // A page without an owner is being allocated or freed, and is handled later.
        bool anonymous = Memory.IsAnonymous(head);
        bool cached = Memory.IsInPageCache(head);
        if (Memory.Frames[head].Has(PageFlags.Locked) || Memory.Frames[head].Has(PageFlags.Isolated) || !(anonymous || cached)
            || !ReverseMap.CanWalk(_machine, head) || !FolioSplit.TrySplit(_machine, head))
        {
            return AccessResult.Waits(WaitReason.PageLock);
        }
        // The split frees the pages that are not mapped.
        if (Memory.TryTakeFree(pfn))
        {
            Retire(pfn);
            return AccessResult.Done;
        }

        Memory.Get(pfn);
        // The next fault reads a clean page of a regular file again, so its entries need not become poison entries (unmap_poisoned_folio).
        bool isClean = cached && !Memory.IsSwapBacked(pfn) && !Memory.Frames[pfn].Has(PageFlags.Dirty) && !ReverseMap.IsDirty(_machine, pfn);
        if (!ReverseMap.TryUnmap(_machine, pfn, bad => isClean ? default : Pte.HwPoison(bad)))
        {
            Memory.Put(pfn);
            return AccessResult.Waits(WaitReason.PageLock);
        }
        if (Memory.Frames[pfn].Has(PageFlags.Lru))
            Memory.LruRemove(pfn);
        Memory.Uncharge(pfn);
        // A lost page of shmem stays lost; the page of a regular file can be read again.
        if (cached && !Memory.IsSwapBacked(pfn))
            _machine.FileOf(Memory.Frames[pfn].Owner).Remove(Memory.Frames[pfn].Index);
        Retire(pfn);
        return AccessResult.Done;
    }

    /// <summary>
    /// Returns a frame to use (<c>unpoison-pfn</c> of <c>hwpoison-inject</c>), and clears its marks. The caller must heal real poison that it
    /// injected.
    /// </summary>
    /// <param name="pfn">The number of the frame.</param>
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

    /// <summary>Takes the frame out of use, by a reference that is never dropped.</summary>
    private void Retire(uint pfn)
    {
        if (Memory.Frames[pfn].RefCount == 0)
            Memory.Frames[pfn].RefCount = 1;
        Memory.Frames[pfn].Flags |= PageFlags.HwPoison;
        _machine.Counters.HardwareCorrupted++;
    }

}
