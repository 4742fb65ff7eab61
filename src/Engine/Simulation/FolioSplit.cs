namespace CopyMc.Simulation;

/// <summary>Splits a large folio and its mappings into small ones (<c>split_huge_page_to_list_to_order</c>).</summary>
internal static unsafe class FolioSplit
{
    /// <summary>
    /// Splits a folio. Pages of anonymous memory that contain only zeros are freed, and the zero page is mapped in their place, unless they are
    /// locked in memory (<c>try_to_map_unused_to_zeropage</c>).
    /// </summary>
    /// <returns>False, with nothing changed, if it has references other than its mappings, or an rmap walk would have to wait.</returns>
    internal static bool TrySplit(SimulatedMachine machine, uint head)
    {
        PhysicalMemory memory = machine.Memory;
        if (memory.Frames[head].Order == 0)
            return true;
        // An rmap walk does not find a page table that a collapse has unlinked.
        if (memory.Frames[head].RefCount != memory.ExpectedReferences(head) || memory.Frames[head].Has(PageFlags.Isolated) || !ReverseMap.CanWalk(machine, head))
            return false;
        uint pages = memory.PagesOf(head);
        bool anonymous = memory.IsAnonymous(head);
        foreach (AddressSpace process in machine.Processes)
            process.SplitMappingsOf(head);
        if (!memory.TrySplit(head))
            return false;
        Pte zero = Pte.Of(memory.ZeroFrame, writable: false, dirty: false, young: false);
        for (uint pfn = head; anonymous && pfn < head + pages; pfn++)
        {
            if (memory.Frames[pfn].RefCount != 0 && !ReverseMap.IsLocked(machine, pfn) && memory.HoldsOnlyZeros(pfn))
                ReverseMap.TryUnmap(machine, pfn, _ => zero);
        }
        return true;
    }
}
