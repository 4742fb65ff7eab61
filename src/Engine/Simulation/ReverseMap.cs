namespace CopyMc.Simulation;

/// <summary>Finds the entries that map a frame (<c>mm/rmap.c</c>).</summary>
internal static class ReverseMap
{
    /// <summary>Whether the folio's mappings can be walked now, without waiting for a lock.</summary>
    internal static unsafe bool CanWalk(SimulatedMachine machine, uint head)
    {
        Frame* frames = machine.Memory.Frames;
        return !frames[head].Has(PageFlags.Anonymous) || !machine.AnonVmas[(int)frames[head].Owner].IsLocked;
    }

    /// <summary>
    /// Unmaps a folio from every page table. <paramref name="replacement"/> gives the new PTE of each page. A PMD that maps all of it becomes none
    /// (file) or is split first (anonymous memory).
    /// </summary>
    /// <returns>Whether it is no longer mapped: an unlinked page table keeps its entries.</returns>
    internal static unsafe bool TryUnmap(SimulatedMachine machine, uint head, Func<uint, Pte> replacement)
    {
        PhysicalMemory memory = machine.Memory;
        uint pages = memory.PagesOf(head);
        uint index = memory.Frames[head].Index;
        foreach (Vma area in AreasOf(machine, head))
        {
            for (uint i = 0; i < pages && memory.MapCountOf(head) > 0; i++)
            {
                if (area.TryAddressOf(index + i, out ulong address))
                    area.Space.UnmapFrame(address, head + i, replacement(head + i));
            }
        }
        return memory.MapCountOf(head) == 0;
    }

    /// <summary>Whether an entry that maps the folio is dirty.</summary>
    internal static unsafe bool IsDirty(SimulatedMachine machine, uint head)
    {
        PhysicalMemory memory = machine.Memory;
        uint index = memory.Frames[head].Index;
        foreach (Vma area in AreasOf(machine, head))
        {
            for (uint i = 0; i < memory.PagesOf(head); i++)
            {
                if (area.TryAddressOf(index + i, out ulong address) && area.Space.EntryAt(address) is { IsPresent: true, IsDirty: true } entry && entry.Pfn == head + i)
                    return true;
            }
        }
        return false;
    }

    /// <summary>Whether the folio is of memory that the kernel may take away.</summary>
    internal static bool IsDroppable(SimulatedMachine machine, uint head) => AreasOf(machine, head).Exists(static area => (area.Flags & VmaFlags.Droppable) != 0);

    /// <summary>Whether a process that may map the folio has locked it in memory.</summary>
    internal static unsafe bool IsLocked(SimulatedMachine machine, uint head)
    {
        if (!machine.Memory.IsAnonymous(head) && !machine.Memory.IsInPageCache(head))
            return false;
        uint first = machine.Memory.Frames[head].Index, pages = machine.Memory.PagesOf(head);
        foreach (Vma area in AreasOf(machine, head))
        {
            for (uint i = 0; i < pages && (area.Flags & VmaFlags.Locked) != 0; i++)
            {
                if (area.TryAddressOf(first + i, out _))
                    return true;
            }
        }
        return false;
    }

    private static unsafe List<Vma> AreasOf(SimulatedMachine machine, uint head)
    {
        ref Frame frame = ref machine.Memory.Frames[head];
        return frame.Has(PageFlags.Anonymous) ? machine.AnonVmas[(int)frame.Owner].Areas : machine.FileOf(frame.Owner).Areas;
    }
}
