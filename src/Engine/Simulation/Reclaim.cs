namespace CopyMc.Simulation;

/// <summary>Frees memory by sending pages to swap (<c>mm/vmscan.c</c>).</summary>
public static unsafe class Reclaim
{
    /// <summary>Sends the least recently used page that can go.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="anonymous">From the list of anonymous memory, or of files.</param>
    /// <returns>False if that page cannot go: it is locked (in memory, too), held, poisoned, or swap is full.</returns>
    public static bool TryReclaimOne(SimulatedMachine machine, bool anonymous)
    {
        ArgumentNullException.ThrowIfNull(machine);
        uint head = machine.Memory.LeastRecentlyUsed(anonymous);
        return head != Frame.Null && TryReclaim(machine, head);
    }

    /// <summary>Drops the clean pages of regular files that nobody maps (<c>/proc/sys/vm/drop_caches</c>).</summary>
    public static void DropCaches(SimulatedMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        foreach (uint head in machine.Lru(anonymous: false).ToArray())
        {
            if (!machine.Memory.Frames[head].Has(PageFlags.SwapBacked) && machine.Memory.MapCountOf(head) == 0)
                TryReclaim(machine, head);
        }
    }

    internal static bool TryReclaim(SimulatedMachine machine, uint head)
    {
        PhysicalMemory memory = machine.Memory;
        ref Frame frame = ref memory.Frames[head];
        bool clean = !frame.Has(PageFlags.SwapBacked) && !frame.Has(PageFlags.Dirty);
        if (!frame.Has(PageFlags.Lru) || frame.Has(PageFlags.Locked) || frame.Has(PageFlags.HwPoison) || frame.Has(PageFlags.Writeback)
            || !ReverseMap.CanWalk(machine, head) || ReverseMap.IsLocked(machine, head) || !memory.TrySplit(head))
        {
            return false;
        }
        // A large folio was split, and its first page may have been freed by that.
        if (!frame.Has(PageFlags.Lru) || frame.RefCount != memory.ExpectedReferences(head) || (!clean && !frame.Has(PageFlags.SwapBacked)))
            return false;
        // A lazily freed page that was not written to since needs no swap, but here it is kept: nobody is short of memory.
        if (frame.Has(PageFlags.Anonymous) && clean)
            return false;
        if (clean)
            return TryDropClean(machine, head);

        if (!machine.Swap.TryAllocate(out uint slot))
            return false;
        if (memory.Engine.Copy(memory.ContentOf(head), machine.Swap.Content(slot), NativeRegion.PageSize) != 0)
        {
            machine.Swap.Release(slot);
            machine.MemoryFailure.Enqueue(head);
            return false;
        }
        // Reclaim's own use keeps the slot and the frame until all entries are changed.
        machine.Swap.AddUser(slot);
        memory.Get(head);
        bool anonymous = frame.Has(PageFlags.Anonymous);
        uint index = frame.Index;
        bool unmapped = ReverseMap.TryUnmap(machine, head, _ => anonymous ? Pte.Swap(slot) : default);
        if (unmapped && !anonymous)
            machine.FileOf(frame.Owner).SwapOut(index, slot);
        machine.Counters.PSwpOut++;
        memory.Put(head);
        machine.Swap.Drop(slot);
        return unmapped;
    }

    private static bool TryDropClean(SimulatedMachine machine, uint head)
    {
        PhysicalMemory memory = machine.Memory;
        memory.Get(head);
        // A store through a mapping is known only now.
        bool unmapped = ReverseMap.TryUnmap(machine, head, static _ => default) && !memory.Frames[head].Has(PageFlags.Dirty);
        if (unmapped)
            machine.FileOf(memory.Frames[head].Owner).Remove(memory.Frames[head].Index);
        memory.Put(head);
        return unmapped;
    }
}
