namespace CopyMc.Simulation;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Makes a child that shares every page until one of the two writes to it (<c>dup_mmap</c>). userfaultfd's markers and registration
    /// stay behind, poisoned entries do not.
    /// </summary>
    /// <param name="child">The child; null unless the result is <see cref="AccessResult.Done"/>.</param>
    /// <exception cref="ObjectDisposedException">The process has ended.</exception>
    /// <exception cref="InvalidOperationException">A page has 65,535 references already; there is no child then.</exception>
    public AccessResult Fork(out AddressSpace? child)
    {
        child = null;
        if (!_lock.CanWrite)
            return AccessResult.WouldBlock;
        ObjectDisposedException.ThrowIf(HasExited, this);
        AddressSpace made = _machine.NewProcess(Cgroup);
        try
        {
            CopyAreas(made);
        }
        catch (InvalidOperationException)
        {
            // As the kernel: what was shared stays read-only here until somebody writes to it.
            made.Exit();
            throw;
        }
        child = made;
        return AccessResult.Done;
    }

    private void CopyAreas(AddressSpace child)
    {
        child.ThpDisabled = ThpDisabled;
        foreach (Vma area in _areas)
        {
            VmaFlags flags = area.Flags & ~(VmaFlags.UffdMissing | VmaFlags.UffdWriteProtect);
            var copy = new Vma(child, area.Start, area.End, flags, area.File, area.FilePage) { AnonVma = area.AnonVma };
            child._areas.Add(copy);
            copy.AnonVma?.Areas.Add(copy);
            copy.File?.Areas.Add(copy);
            // Pages that are only a file's come back by faults.
            if (area.AnonVma is not null || area.File is null)
                CopyTables(area, child);
        }
    }

    private void CopyTables(Vma area, AddressSpace child)
    {
        for (ulong address = area.Start; address < area.End;)
        {
            ulong next = (address | (NativeRegion.HugePageSize - 1)) + 1;
            ref PmdEntry from = ref PmdFor(address);
            if (from.IsHuge && IsHugeZero(from.Huge))
            {
                child.SetHugeZero(ref child.PmdFor(address));
            }
            else if (from.IsHuge)
            {
                from.Huge = from.Huge.ReadOnly();
                child.SetHuge(ref child.PmdFor(address), from.Huge.Pfn, writable: false, dirty: false, new PageTable());
            }
            else if (from.IsTable)
            {
                CopyTable(address, ulong.Min(next, area.End), from.Table!, child);
            }
            address = next;
        }
    }

    private void CopyTable(ulong start, ulong end, PageTable table, AddressSpace child)
    {
        for (ulong address = start; address < end; address += NativeRegion.PageSize)
        {
            ref Pte pte = ref table.Writable[PteIndex(address)];
            if (pte.IsNone || pte.IsPoisonMarker || pte.IsWriteProtectMarker)
                continue;
            ref Pte copy = ref child.TableFor(address).Writable[PteIndex(address)];
            if (pte.IsPresent && pte.Pfn != _memory.ZeroFrame)
            {
                pte = pte.ReadOnly();
                child.SetFrame(ref copy, pte.Pfn, writable: false, dirty: false);
                continue;
            }
            if (pte.IsSwap)
            {
                _machine.Swap.AddUser(pte.Slot);
                child.SwapEntries++;
            }
            copy = pte;
        }
    }
}
