namespace CopyMc.Simulation;

/// <summary>Frees memory: sends pages to swap, and drops clean and lazily freed ones (<c>mm/vmscan.c</c>).</summary>
public static unsafe class Reclaim
{
    /// <summary>Reclaims the least recently used folio.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="anonymous">Whether it is from the list of anonymous memory, or of files.</param>
    /// <returns>False if it cannot be reclaimed: it is locked (also by mlock), referenced or poisoned, or swap is full.</returns>
    public static bool TryReclaimOne(SimulatedMachine machine, bool anonymous)
    {
        ArgumentNullException.ThrowIfNull(machine);
        uint head = machine.Memory.LeastRecentlyUsed(anonymous);
        return head != Frame.Null && TryReclaim(machine, head);
    }

    /// <summary>Drops the clean pages of regular files that are not mapped (<c>/proc/sys/vm/drop_caches</c>).</summary>
    /// <param name="machine">The machine.</param>
    public static void DropCaches(SimulatedMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        foreach (uint head in machine.Lru(anonymous: false).ToArray())
        {
            if (!machine.Memory.Frames[head].Has(PageFlags.SwapBacked) && machine.Memory.MapCountOf(head) == 0)
                TryReclaim(machine, head);
        }
    }

    /// <summary>Reclaims a folio, a large one page by page (<c>shrink_folio_list</c>).</summary>
    /// <returns>Whether its first page was reclaimed.</returns>
    internal static bool TryReclaim(SimulatedMachine machine, uint head)
    {
        PhysicalMemory memory = machine.Memory;
        if (!MayGo(machine, head))
            return false;
        uint pages = memory.PagesOf(head);
        bool isLazilyFreed = memory.IsAnonymous(head) && !memory.IsSwapBacked(head);
        if (isLazilyFreed)
            return TryDropLazilyFreed(machine, head);
        if (!FolioSplit.TrySplit(machine, head))
            return false;
        bool first = TryReclaimPage(machine, head);
        for (uint pfn = head + 1; pfn < head + pages; pfn++)
            TryReclaimPage(machine, pfn);
        return first;
    }

    private static bool MayGo(SimulatedMachine machine, uint head)
    {
        ref Frame frame = ref machine.Memory.Frames[head];
        return frame.Has(PageFlags.Lru) && !frame.Has(PageFlags.Locked) && !frame.Has(PageFlags.HwPoison) && !frame.Has(PageFlags.Writeback)
            && ReverseMap.CanWalk(machine, head) && !ReverseMap.IsLocked(machine, head);
    }

    private static bool TryReclaimPage(SimulatedMachine machine, uint pfn)
    {
        PhysicalMemory memory = machine.Memory;
        ref Frame frame = ref memory.Frames[pfn];
        // Splitting a large folio frees the pages that are not mapped, or hold only zeros; a page that is only held has no file any more.
        if (!frame.Has(PageFlags.Lru) || !(frame.Has(PageFlags.Anonymous) || memory.IsInPageCache(pfn)))
            return false;
        bool isHeld = frame.RefCount != memory.ExpectedReferences(pfn);
        if (!frame.Has(PageFlags.Anonymous))
        {
            // Unmaps a file's page first, even if it then stays. Only this moves the dirty bits of entries to the page.
            memory.Get(pfn);
            bool isUnmapped = ReverseMap.TryUnmap(machine, pfn, static _ => default);
            if (isUnmapped && !isHeld && !frame.Has(PageFlags.Dirty))
                machine.FileOf(frame.Owner).Remove(frame.Index);
            bool isClean = !frame.Has(PageFlags.Dirty);
            memory.Put(pfn);
            if (!isUnmapped || isHeld || isClean || !frame.Has(PageFlags.SwapBacked))
                return isUnmapped && !isHeld && isClean;
        }
        if (isHeld)
            return false;
        if (!machine.Swap.TryAllocate(out uint slot))
            return false;
        bool anonymous = frame.Has(PageFlags.Anonymous);
        // A page of shmem that was allocated without content is cleared before it goes to swap.
        if ((!frame.Has(PageFlags.UpToDate) && !memory.TryClear(pfn))
            || memory.Engine.Copy(memory.ContentOf(pfn), machine.Swap.Content(slot), NativeRegion.PageSize) != 0)
        {
            machine.Swap.Release(slot);
            machine.MemoryFailure.Enqueue(pfn);
            return false;
        }
        // Reclaim's own use keeps the slot and the frame until all entries are changed.
        machine.Swap.AddUser(slot);
        memory.Get(pfn);
        uint index = frame.Index;
        bool unmapped = ReverseMap.TryUnmap(machine, pfn, _ => anonymous ? Pte.Swap(slot) : default);
        if (unmapped && !anonymous)
            machine.FileOf(frame.Owner).SwapOut(index, slot);
        machine.Counters.PSwpOut++;
        memory.Put(pfn);
        machine.Swap.Drop(slot);
        return unmapped;
    }

    /// <summary>
    /// A lazily freed folio that was not stored to since is dropped whole, and reads as zeros; else it needs swap again (<c>try_to_unmap_one</c>). That of
    /// droppable memory is dropped in any case.
    /// </summary>
    private static bool TryDropLazilyFreed(SimulatedMachine machine, uint head)
    {
        PhysicalMemory memory = machine.Memory;
        ref Frame frame = ref memory.Frames[head];
        if (frame.RefCount != memory.ExpectedReferences(head))
            return false;
        if (!ReverseMap.IsDroppable(machine, head) && (frame.Has(PageFlags.Dirty) || ReverseMap.IsDirty(machine, head)))
        {
            frame.Flags |= PageFlags.SwapBacked;
            return false;
        }
        memory.Get(head);
        foreach (AddressSpace process in frame.Order == 0 ? [] : machine.Processes)
            process.DropHugeMappingsOf(head);
        bool unmapped = ReverseMap.TryUnmap(machine, head, static _ => default);
        memory.Put(head);
        return unmapped;
    }
}
