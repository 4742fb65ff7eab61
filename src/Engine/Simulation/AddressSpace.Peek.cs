namespace CopyMc.Simulation;

public sealed unsafe partial class AddressSpace
{
    /// <summary>What a load of a whole page would find, without the fault that it might take: nothing is changed by looking.</summary>
    /// <param name="address">The page's first byte.</param>
    /// <param name="page">Where its 4096 bytes go. What is lost reads as zeros.</param>
    /// <returns>
    /// SIGBUS if a byte or more is lost to poison, SIGSEGV if nothing is there that may be loaded. A load would wait while a collapse has taken the page
    /// table out, and so does this.
    /// </returns>
    /// <exception cref="ArgumentException">The address is not a page's first, or there is no room for a page.</exception>
    public AccessResult Peek(ulong address, Span<byte> page)
    {
        if (address % NativeRegion.PageSize != 0 || page.Length < NativeRegion.PageSize)
            throw new ArgumentException("One whole page is looked at.", address % NativeRegion.PageSize != 0 ? nameof(address) : nameof(page));
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
