namespace CopyMc.Simulation;

public sealed partial class AddressSpace
{
    /// <summary>Moves a range of one area, page tables' entries and all, and gives it another length (<c>mremap(2)</c> with <c>MREMAP_FIXED</c>).</summary>
    /// <param name="address">The range's first byte.</param>
    /// <param name="length">Its bytes; whole pages.</param>
    /// <param name="newLength">Bytes at the new place; what is more is absent.</param>
    /// <param name="newAddress">The new place's first byte; what is mapped there goes. It must not overlap the old one.</param>
    /// <returns><see cref="AccessResult.SegmentationFault"/> if no single area holds the range.</returns>
    /// <exception cref="ArgumentException">A range is not of whole pages, or is outside 64 TiB; or the places overlap.</exception>
    public AccessResult Remap(ulong address, ulong length, ulong newLength, ulong newAddress)
    {
        ThrowIfNoRange(address, length);
        ThrowIfNoRange(newAddress, newLength, nameof(newAddress), nameof(newLength));
        if (length == 0 || newLength == 0)
            throw new ArgumentException("A page or more is moved.", length == 0 ? nameof(length) : nameof(newLength));
        if (newAddress < address + length && address < newAddress + newLength)
            throw new ArgumentException("The new place overlaps the old one.", nameof(newAddress));
        if (!_lock.CanWrite)
            return AccessResult.WouldBlock;
        if (Find(address) is not { } whole || whole.End < address + length)
            return AccessResult.SegmentationFault;
        if (whole.File is not null)
            SimulatedFile.ThrowIfTooLong((ulong)whole.PageIndex(address) * NativeRegion.PageSize, newLength, nameof(address), nameof(newLength));

        Unmap(newAddress, newLength);
        if (newLength < length)
        {
            Unmap(address + newLength, length - newLength);
            length = newLength;
        }
        Vma old = CutOut(address, length)[0];
        var moved = new Vma(this, newAddress, newAddress + newLength, old.Flags, old.File, old.FilePage) { AnonVma = old.AnonVma };
        Insert(moved);
        moved.AnonVma?.Areas.Add(moved);
        moved.File?.Areas.Add(moved);
        // The entries themselves move: no count changes.
        ForEachEntry(old.Start, old.End, (ref Pte pte, ulong from) =>
        {
            if (pte.IsNone)
                return;
            ulong to = newAddress + (from - address);
            TableFor(to).Writable[PteIndex(to)] = pte;
            pte = default;
        });
        Detach(old);
        _areas.Remove(old);
        return AccessResult.Done;
    }
}
