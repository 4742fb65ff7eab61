namespace CopyMc.Simulation;

public sealed unsafe partial class AddressSpace
{
    /// <summary>Reads the content that a load of a whole page would find, without a page fault. Changes nothing.</summary>
    /// <param name="address">The page's first byte.</param>
    /// <param name="page">Receives the 4096 bytes. Lost bytes are zeros.</param>
    /// <returns>
    /// SIGBUS if a byte is lost to poison, SIGSEGV if a load is not allowed there. Waits, as a load does, while a collapse has unlinked the page
    /// table.
    /// </returns>
    /// <exception cref="ArgumentException">The address is not on a page boundary, or the span is not a page long.</exception>
    public AccessResult Peek(ulong address, Span<byte> page)
    {
        if (address % NativeRegion.PageSize != 0 || page.Length < NativeRegion.PageSize)
            throw new ArgumentException("The range must be one whole page.", address % NativeRegion.PageSize != 0 ? nameof(address) : nameof(page));
        page.Clear();
        if (!HasExited && !_lock.CanRead)
            return AccessResult.Waits(WaitReason.MmapLock);
        if (Find(address) is not { } area)
            return AccessResult.MapError;
        if ((area.Flags & VmaFlagSets.Access) == 0)
            return AccessResult.AccessError;
        Pte entry = EntryAt(address);
        if (entry.IsPresent)
            return _memory.Peek(_memory.ContentOf(entry.Pfn), page);
        if (entry.IsSwap)
            return _memory.Peek(_machine.Swap.Content(entry.Slot), page);
        if (entry.IsHwPoison || entry.IsPoisonMarker)
            return AccessResult.MemoryError;
        if (entry.IsGuardMarker)
            return AccessResult.MapError;
        return area.File?.Peek(area.PageIndex(address), page) ?? AccessResult.Done;
    }
}
