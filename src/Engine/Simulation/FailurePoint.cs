namespace CopyMc.Simulation;

/// <summary>Points at which the machine can be made to fail, for failures that its state cannot cause.</summary>
public enum FailurePoint
{
    /// <summary>The allocation of a small page.</summary>
    PageAllocation,

    /// <summary>The allocation of a huge page.</summary>
    HugePageAllocation,

    /// <summary>The charge of a huge page to its memory control group.</summary>
    HugePageCharge,

    /// <summary>Each check of the VMA after the mmap lock was dropped.</summary>
    Revalidate,

    /// <summary>The second check of the PMD.</summary>
    PmdCheck,

    /// <summary>Reading a page from swap or from its file.</summary>
    ReadIn,

    /// <summary>Taking a page's lock.</summary>
    PageLock,

    /// <summary>The comparison of a page's references with the expected ones.</summary>
    PageCount,

    /// <summary>Taking a page off the LRU.</summary>
    Isolate,

    /// <summary>Reserving the page cache's slots.</summary>
    SlotReservation,

    /// <summary>Releasing the private data of the file system on a page.</summary>
    ReleasePrivate,

    /// <summary>Charging shmem for the holes.</summary>
    HoleCharge,

    /// <summary>Storing a retry entry in a hole.</summary>
    Store,
}
