using System.Runtime.InteropServices;

namespace CopyMc.Simulation;

/// <summary>
/// The metadata of one 4 KiB frame of simulated memory, in 24 bytes (the kernel's <c>struct page</c> has 64). In a large folio the first frame has
/// the metadata of all, and each frame has the count of the PTEs that map it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Frame
{
    /// <summary>No frame: the end of a list.</summary>
    internal const uint Null = uint.MaxValue;

    /// <summary>The flags.</summary>
    public PageFlags Flags;

    /// <summary>The binary logarithm of the folio's number of pages.</summary>
    internal byte Order;

    /// <summary>The number of the memory control group that the folio is charged to.</summary>
    internal byte Cgroup;

    /// <summary>References to the folio: one for each mapping, for each page in a page cache, and for each user.</summary>
    internal ushort RefCount;

    /// <summary>The number of PTEs that map this frame.</summary>
    internal ushort MapCount;

    /// <summary>The <see cref="AnonVma"/> or <see cref="SimulatedFile"/> it belongs to, by number.</summary>
    internal uint Owner;

    /// <summary>Its page index there: address / 4096 for anonymous memory, offset / 4096 in a file.</summary>
    internal uint Index;

    /// <summary>The next frame of its list. In the first tail of a large folio: the number of PMDs and PTEs that map the folio.</summary>
    internal uint Next;

    /// <summary>The previous frame of its list. In the first tail of a large folio: the number of PMDs that map the folio.</summary>
    internal uint Previous;

    /// <summary>Whether all of the flags are set.</summary>
    internal readonly bool Has(PageFlags flags) => (Flags & flags) == flags;

    /// <summary>Whether it is anonymous, small, on the LRU and unlocked, and one PTE has its only reference, as most pages of a collapse.</summary>
    internal readonly bool IsOrdinary =>
        Order == 0 && RefCount == 1 && MapCount == 1
        && (Flags & (PageFlags.Anonymous | PageFlags.Lru | PageFlags.Locked)) == (PageFlags.Anonymous | PageFlags.Lru);
}
