namespace CopyMc.Simulation;

/// <summary>
/// What happens to a frame that was found to be poisoned (<c>mm/memory-failure.c</c>): unmapped everywhere, its entries
/// turned into poisoned ones, and never given out again.
/// </summary>
public sealed unsafe class MemoryFailure
{
    private readonly SimulatedMachine _machine;
    private readonly PhysicalMemory _memory;
    private readonly Queue<uint> _pending = new();

    internal MemoryFailure(SimulatedMachine machine)
    {
        _machine = machine;
        _memory = machine.Memory;
    }

    /// <summary>Frames that wait to be handled.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>Queues a frame (<c>memory_failure_queue</c>): whoever finds the poison holds locks that the handling needs.</summary>
    public void Enqueue(uint pfn)
    {
        if (pfn < _memory.FrameCount && !_memory.Frames[pfn].Has(PageFlags.HwPoison) && !_pending.Contains(pfn))
            _pending.Enqueue(pfn);
    }

    /// <summary>Handles what was queued; what somebody holds locked stays queued.</summary>
    public void RunPending()
    {
        for (int left = _pending.Count; left > 0; left--)
        {
            uint pfn = _pending.Dequeue();
            if (Handle(pfn) == AccessResult.WouldBlock)
                _pending.Enqueue(pfn);
        }
    }

    /// <summary>Handles one frame.</summary>
    /// <returns><see cref="AccessResult.WouldBlock"/> if somebody holds it locked or in a way that cannot be undone now.</returns>
    public AccessResult Handle(uint pfn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pfn, _memory.FrameCount);
        if (_memory.Frames[pfn].Has(PageFlags.HwPoison))
            return AccessResult.Done;
        if (_memory.TryTakeFree(pfn))
        {
            Retire(pfn);
            return AccessResult.Done;
        }
        uint head = _memory.HeadOf(pfn);
        // A page that is nobody's is on its way to somebody: it is looked at again when it has arrived.
        bool anonymous = _memory.IsAnonymous(head);
        bool cached = _memory.IsInPageCache(head);
        if (_memory.Frames[head].Has(PageFlags.Locked) || _memory.Frames[head].Has(PageFlags.Isolated) || !(anonymous || cached)
            || !ReverseMap.CanWalk(_machine, head) || !TrySplit(head))
        {
            return AccessResult.WouldBlock;
        }
        // Splitting frees the pages that nobody maps.
        if (_memory.TryTakeFree(pfn))
        {
            Retire(pfn);
            return AccessResult.Done;
        }

        _memory.Get(pfn);
        if (!ReverseMap.TryUnmap(_machine, pfn, static bad => Pte.HwPoison(bad)))
        {
            _memory.Put(pfn);
            return AccessResult.WouldBlock;
        }
        if (_memory.Frames[pfn].Has(PageFlags.Lru))
            _memory.LruRemove(pfn);
        _memory.Uncharge(pfn);
        // What shmem loses stays lost; another file's page can be read again.
        if (cached && !_memory.IsSwapBacked(pfn))
            _machine.FileOf(_memory.Frames[pfn].Owner).Remove(_memory.Frames[pfn].Index);
        Retire(pfn);
        return AccessResult.Done;
    }

    /// <summary>
    /// Gives a frame back for use (<c>unpoison-pfn</c> of <c>hwpoison-inject</c>): its lines are no longer marked. Poison that really
    /// faults must be healed by who injected it.
    /// </summary>
    public void Unpoison(uint pfn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pfn, _memory.FrameCount);
        _memory.Content.Poison.Clear((nuint)pfn * NativeRegion.PageSize, NativeRegion.PageSize);
        if (!_memory.Frames[pfn].Has(PageFlags.HwPoison))
            return;
        _memory.Frames[pfn].Flags &= ~PageFlags.HwPoison;
        _machine.Counters.HardwareCorrupted--;
        _memory.Put(pfn);
    }

    /// <summary>The reference that is held here is never dropped: the frame is out of use.</summary>
    private void Retire(uint pfn)
    {
        if (_memory.Frames[pfn].RefCount == 0)
            _memory.Frames[pfn].RefCount = 1;
        _memory.Frames[pfn].Flags |= PageFlags.HwPoison;
        _machine.Counters.HardwareCorrupted++;
    }

    /// <summary>A large folio is split, its mappings first, so that only the bad page is lost.</summary>
    private bool TrySplit(uint head)
    {
        if (_memory.Frames[head].Order == 0)
            return true;
        foreach (AddressSpace process in _machine.Processes)
            process.SplitMappingsOf(head);
        return _memory.TrySplit(head);
    }
}
