namespace CopyMc.Simulation;

// How a stack grows: expand_downwards in mm/vma.c.
public sealed partial class AddressSpace
{
    /// <summary>What a stack keeps free below it (<c>stack_guard_gap</c>), and how long it may be (<c>RLIMIT_STACK</c>, as systems set it).</summary>
    private const ulong StackGap = 256 * NativeRegion.PageSize, StackLimit = 8UL << 20;

    /// <summary>Makes the area above an unmapped address reach down to it, if it is one that grows.</summary>
    /// <returns>The area; null: the address stays unmapped.</returns>
    private Vma? GrowDown(ulong address)
    {
        address &= ~PageMask;
        if (_areas.Above(address, out Vma? below) is not { } area || (area.Flags & VmaFlags.GrowsDown) == 0 || area.End - address > StackLimit)
            return null;
        bool isTooNear = below is not null && (below.Flags & VmaFlags.GrowsDown) == 0 && (below.Flags & VmaFlagSets.Access) != 0 && address - below.End < StackGap;
        var pages = (uint)((area.Start - address) >> 12);
        if (isTooNear || pages > area.FilePage)
            return null;
        PrepareAnonVma(area);
        (area.Start, area.FilePage) = (address, area.FilePage - pages);
        return area;
    }
}
