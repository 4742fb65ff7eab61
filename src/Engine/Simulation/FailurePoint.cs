namespace CopyMc.Simulation;

/// <summary>Where the machine can be made to fail, for the failures that no state of it brings about by itself.</summary>
public enum FailurePoint
{
    /// <summary>The allocation of a small page.</summary>
    PageAllocation,

    /// <summary>The allocation of a huge page.</summary>
    HugePageAllocation,

    /// <summary>The charge of a huge page to its memory control group.</summary>
    HugePageCharge,

    /// <summary>The second look at the VMA, after the mmap lock was dropped; each look counts.</summary>
    Revalidate,

    /// <summary>The second look at the PMD.</summary>
    PmdCheck,

    /// <summary>Reading a page from swap or from its file.</summary>
    ReadIn,

    /// <summary>Taking a page's lock.</summary>
    PageLock,

    /// <summary>The comparison of a page's references with those that are accounted for.</summary>
    PageCount,

    /// <summary>Taking a page off the LRU.</summary>
    Isolate,

    /// <summary>Reserving the page cache's slots.</summary>
    SlotReservation,

    /// <summary>Dropping what the file system keeps with a page.</summary>
    ReleasePrivate,

    /// <summary>Charging shmem for the holes.</summary>
    HoleCharge,

    /// <summary>Storing a retry entry in a hole.</summary>
    Store,
}
