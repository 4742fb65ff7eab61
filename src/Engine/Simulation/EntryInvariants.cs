using System.Runtime.CompilerServices;

namespace CopyMc.Simulation;

/// <summary>
/// Invariants of page table entries: the assertions of the kernel in <c>mm/page_table_check.c</c>, <c>mm/rmap.c</c> and <c>mm/huge_memory.c</c>
/// (<c>VM_BUG_ON</c>, <c>VM_WARN_ON</c>), and the assumptions of its fault handlers.
/// </summary>
internal sealed unsafe class EntryInvariants(SimulatedMachine machine, List<string> violations)
{
    private readonly PhysicalMemory _memory = machine.Memory;

    /// <summary>Checks all entries of a process.</summary>
    /// <param name="space">The process.</param>
    /// <param name="detached">Page tables that collapses have unlinked.</param>
    internal void Check(AddressSpace space, IReadOnlyList<DetachedTable> detached)
    {
        foreach ((ulong gigabyte, PmdEntry[] entries) in space.Pmds)
        {
            for (int i = 0; i < entries.Length; i++)
            {
                ulong address = (gigabyte << 30) + (ulong)i * NativeRegion.HugePageSize;
                if (entries[i].IsHuge)
                    CheckHuge(space, address, entries[i]);
                else if (entries[i].IsTable)
                    CheckTable(space, address, entries[i].Table!);
            }
        }
        foreach (DetachedTable table in detached)
        {
            if (table.Space == space)
                CheckTable(space, table.Address, table.Table);
        }
    }

    private void CheckTable(AddressSpace space, ulong address, PageTable table)
    {
        Vma? area = null;
        bool isUsed = false;
        ReadOnlySpan<Pte> entries = table.Entries;
        for (int i = 0; i < entries.Length; i++, address += NativeRegion.PageSize)
        {
            if (isUsed && entries[i].IsNone)
                continue;
            if (area is null || address >= area.End || address < area.Start)
                area = space.Find(address);
            isUsed |= area is not null;
            if (entries[i].IsNone)
                continue;
            if (area is null)
                Expect(false, $"process {space.Number}: 0x{address:x} is mapped and lies in no area");
            else
                CheckEntry(area, address, entries[i]);
        }
        // Unmapping the last area that used a table frees it (free_pgtables).
        Expect(isUsed, $"process {space.Number}: the page table before 0x{address:x} belongs to no area");
    }

    private void CheckHuge(AddressSpace space, ulong address, PmdEntry entry)
    {
        if (space.Find(address) is not { } area || !area.HoldsHugeRange(address))
        {
            Expect(false, $"process {space.Number}: the huge entry at 0x{address:x} does not lie in one area");
            return;
        }
        Pte huge = entry.Huge;
        Expect(huge.IsPresent, $"0x{address:x}: a huge entry that is not present");
        if (space.IsHugeZero(huge))
        {
            CheckZero(area, address, huge);
            Expect(entry.Table is not null, $"0x{address:x}: the huge zero page has no page table deposited");
            return;
        }
        Expect(
            _memory.HeadOf(huge.Pfn) == huge.Pfn && _memory.Frames[huge.Pfn].Order == BuddyAllocator.HugeOrder,
            $"0x{address:x}: a huge entry of frame {huge.Pfn}, which starts no huge page");
        // A split of anonymous memory must not allocate a table; faults map the pages of a file again (pgtable_trans_huge_deposit).
        Expect(_memory.IsAnonymous(huge.Pfn) == entry.Table is not null, $"0x{address:x}: a page table is deposited: {entry.Table is not null}");
        CheckPresent(area, address, huge, mappings: _memory.MapCountOf(huge.Pfn));
    }

    private void CheckEntry(Vma area, ulong address, Pte pte)
    {
        if (pte.IsPresent && pte.Pfn == _memory.ZeroFrame)
            CheckZero(area, address, pte);
        else if (pte.IsPresent)
            CheckPresent(area, address, pte, mappings: _memory.PmdMapCountOf(_memory.HeadOf(pte.Pfn)) + _memory.Frames[pte.Pfn].MapCount);
        else if (pte.IsSwap)
            Expect(!area.IsShared && area.AnonVma is not null, $"0x{address:x}: a swap entry in an area that has no pages of its own");
        else if (pte.IsHwPoison)
            Expect(_memory.Frames[pte.Pfn].Has(PageFlags.HwPoison), $"0x{address:x}: the entry of a poisoned frame names frame {pte.Pfn}, which is healthy");
        else
            CheckMarker(area, address, pte);
    }

    private void CheckPresent(Vma area, ulong address, Pte pte, uint mappings)
    {
        uint head = _memory.HeadOf(pte.Pfn);
        ref Frame frame = ref _memory.Frames[head];
        Expect(!frame.Has(PageFlags.Free) && frame.RefCount > 0, $"0x{address:x}: frame {pte.Pfn} is free");
        Expect(!_memory.Frames[pte.Pfn].Has(PageFlags.HwPoison), $"0x{address:x}: frame {pte.Pfn} was retired for poison");
        Expect(!pte.IsWritable || (area.Flags & VmaFlags.Write) != 0, $"0x{address:x}: a writable entry in an area that may not be written");
        // page_table_check_pte_flags; an area that is registered anew without write protection keeps the bits of its entries, which mean nothing there, and so
        // does one that was moved or closed in kernels that leave the bits behind: they are back with the next registration.
        Expect(
            !pte.IsWritable || !pte.IsUffdWriteProtected || (area.Flags & VmaFlags.UffdWriteProtect) == 0 || !machine.Behavior.ClearsProtectionAtMove,
            $"0x{address:x}: an entry that is writable and write-protected");
        bool anonymous = frame.Has(PageFlags.Anonymous);
        if (anonymous)
        {
            // page_table_check_set
            Expect(!(pte.IsWritable || pte.IsExclusive) || mappings == 1, $"0x{address:x}: a writable or exclusive entry of a page that is mapped {mappings} times");
            Expect(!area.IsShared, $"0x{address:x}: a page of its own in a shared area");
            // __page_check_anon_rmap
            bool isFamily = false;
            foreach (AnonVma link in area.Chain)
                isFamily |= link.Number == frame.Owner;
            Expect(isFamily, $"0x{address:x}: the reverse map does not find the entry of frame {pte.Pfn}");
        }
        else
        {
            Expect(!pte.IsExclusive && (!pte.IsWritable || area.IsShared), $"0x{address:x}: a writable entry of a file's page in a private area");
            Expect(frame.Has(PageFlags.UpToDate), $"0x{address:x}: a page whose content is not valid is mapped");
            Expect(area.File is { } file && frame.Owner == file.Number, $"0x{address:x}: frame {pte.Pfn} is not the mapped file's");
        }
        Expect(
            frame.Index + (pte.Pfn - head) == area.PageIndex(address),
            $"0x{address:x}: frame {pte.Pfn} is page {frame.Index + (pte.Pfn - head)}, the area has page {area.PageIndex(address)} there");
    }

    private void CheckZero(Vma area, ulong address, Pte pte)
    {
        Expect(!pte.IsWritable && !pte.IsDirty && !pte.IsExclusive, $"0x{address:x}: the zero page can be written");
        Expect(!area.IsShared, $"0x{address:x}: the zero page in a shared area");
    }

    private void CheckMarker(Vma area, ulong address, Pte pte)
    {
        KernelBehavior behavior = machine.Behavior;
        // vma_can_userfault
        bool mayBeWatched = area.File is null || area.File.IsShmem;
        if (pte.IsPoisonMarker)
            Expect(mayBeWatched && behavior.HasPoisonMarkers, $"0x{address:x}: a marker of poison in an area that cannot be registered with userfaultfd");
        else if (pte.IsWriteProtectMarker)
            Expect(mayBeWatched, $"0x{address:x}: a marker of write protection in an area that cannot be registered with userfaultfd");
        else if (pte.IsGuardMarker)
        {
            Expect(behavior.HasGuards && (area.File is null || behavior.HasGuardsInFiles), $"0x{address:x}: a guard where the kernel has none");
            // Without one of these, fork and the collapse of a file would lose the guard.
            Expect(area.AnonVma is not null || area.MayHaveGuards, $"0x{address:x}: a guard in an area that is not known to have guards");
        }
        else
            Expect(false, $"0x{address:x}: an entry of no kind");
    }

    private void Expect(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref ViolationText otherwise)
    {
        if (!holds)
            violations.Add(otherwise.ToText());
    }
}
