namespace CopyMc.Simulation;

/// <summary>How memory is mapped (<c>MAP_</c> of <c>mmap(2)</c>).</summary>
[Flags]
public enum MapFlags
{
    /// <summary>Stores reach the file and every other process that maps it.</summary>
    Shared = 1,

    /// <summary>Stores make private copies.</summary>
    Private = 2,

    /// <summary>Memory whose pages the kernel may drop, and which then reads as zeros (<c>MAP_DROPPABLE</c>, Linux 6.11).</summary>
    Droppable = 8,

    /// <summary>The address is not a hint: other mappings there are unmapped.</summary>
    Fixed = 0x10,

    /// <summary>The area may grow towards lower addresses (<c>MAP_GROWSDOWN</c>).</summary>
    GrowsDown = 0x100,

    /// <summary>The pages are faulted in and locked in memory (<c>MAP_LOCKED</c>).</summary>
    Locked = 0x2000,

    /// <summary>No swap space is reserved (<c>MAP_NORESERVE</c>).</summary>
    NoReserve = 0x4000,

    /// <summary>The pages are faulted in (<c>MAP_POPULATE</c>).</summary>
    Populate = 0x8000,

    /// <summary>As <see cref="Fixed"/>, but refused if the range is not free (<c>MAP_FIXED_NOREPLACE</c>).</summary>
    FixedNoReplace = 0x100000,

    /// <summary>
    /// Memory that the simulated machine has no pages of, such as a device's, hugetlbfs or secret memory (<c>VM_NO_KHUGEPAGED</c>). It cannot be
    /// accessed. Not a flag of the kernel.
    /// </summary>
    Special = 1 << 30,
}
