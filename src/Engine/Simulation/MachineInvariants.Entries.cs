namespace CopyMc.Simulation;

// What a page table's entry may be where it stands: what the kernel asserts here and there (page_table_check, debug_vm_pgtable, VM_BUG_ON).
internal sealed unsafe partial class MachineInvariants
{
    private void CheckEntries(AddressSpace space, ulong start, in PmdEntry entry)
    {
        if (entry.IsHuge)
        {
            Vma? area = space.Find(start);
            Expect(area is not null && area.End >= start + NativeRegion.HugePageSize, $"process {space.Number}: the huge page at {start:x} reaches out of its area");
            if (area is not null)
                CheckPresent(area, start, entry.Huge, isHuge: true);
            return;
        }
        Vma? current = null;
        ReadOnlySpan<Pte> entries = entry.Table!.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].IsNone)
                continue;
            ulong address = start + ((ulong)i << 12);
            if (current is null || address < current.Start || address >= current.End)
                current = space.Find(address);
            Expect(current is not null, $"process {space.Number}: an entry at {address:x}, where nothing is mapped");
            if (current is null)
                continue;
            if (entries[i].IsPresent)
                CheckPresent(current, address, entries[i], isHuge: false);
            else
                Expect(!entries[i].IsSwap || !current.IsShared, $"process {space.Number}: shared memory at {address:x} is in swap by its entry");
        }
    }

    private void CheckPresent(Vma area, ulong address, Pte pte, bool isHuge)
    {
        Expect(!pte.IsWritable || (area.Flags & VmaFlags.Write) != 0, $"the entry at {address:x} allows stores, its area does not");
        bool isWatched = pte.IsUffdWriteProtected && (area.Flags & VmaFlags.UffdWriteProtect) != 0;
        Expect(!pte.IsWritable || !isWatched, $"the entry at {address:x} allows stores and is protected by userfaultfd");
        if (pte.Pfn == _memory.ZeroFrame)
        {
            Expect(!pte.IsWritable && !pte.IsExclusive && !area.IsShared, $"the zero page at {address:x} is writable, somebody's own, or shared");
            return;
        }
        uint head = _memory.HeadOf(pte.Pfn);
        ref Frame frame = ref _memory.Frames[head];
        bool isAnonymous = frame.Has(PageFlags.Anonymous);
        Expect(!frame.Has(PageFlags.Free) && !_memory.Frames[pte.Pfn].Has(PageFlags.HwPoison), $"the entry at {address:x} maps frame {pte.Pfn}, which is free or lost");
        Expect(!isHuge || (frame.Order == BuddyAllocator.HugeOrder && head == pte.Pfn), $"the huge page at {address:x} is none: frame {pte.Pfn}");
        Expect(
            frame.Index + (pte.Pfn - head) == area.PageIndex(address), $"the entry at {address:x} maps page {frame.Index + (pte.Pfn - head)}, it is page {area.PageIndex(address)}");
        if (isAnonymous)
        {
            Expect(!area.IsShared && IsInChain(area, frame.Owner), $"the anonymous page at {address:x} is not found from its reverse map");
            Expect(!pte.IsExclusive || _memory.Frames[pte.Pfn].MapCount + _memory.PmdMapCountOf(head) == 1, $"the page at {address:x} is one process's own and mapped elsewhere, too");
            return;
        }
        Expect(area.File is not null && area.File.Number == frame.Owner, $"the entry at {address:x} maps a page of file {frame.Owner}, which is not its area's");
        Expect(!pte.IsExclusive && (!pte.IsWritable || area.IsShared), $"the file's page at {address:x} is written to through a private mapping");
        Expect(frame.Has(PageFlags.UpToDate), $"the entry at {address:x} maps a page whose content is not valid");
    }

    private static bool IsInChain(Vma area, uint number)
    {
        foreach (AnonVma link in area.Chain)
        {
            if (link.Number == number)
                return true;
        }
        return false;
    }
}
