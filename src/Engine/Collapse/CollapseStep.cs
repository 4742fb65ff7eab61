namespace CopyMc.Collapse;

/// <summary>The steps of a collapse. Between two steps the machine may change.</summary>
public enum CollapseStep
{
    /// <summary>Examine the range's entries or slots, and refuse a range that cannot or should not be collapsed. Changes nothing.</summary>
    Scan,

    /// <summary>Allocate a huge page and charge it; no lock is held.</summary>
    Allocate,

    /// <summary>Anonymous: take the mmap lock for reading and check the area and the PMD again.</summary>
    Revalidate,

    /// <summary>Anonymous: swap pages in.</summary>
    SwapIn,

    /// <summary>Anonymous: take the mmap lock for writing, check again, lock the reverse map.</summary>
    LockForWrite,

    /// <summary>Anonymous: unlink the page table and flush the TLB.</summary>
    DetachPageTable,

    /// <summary>Lock each page and take it off the LRU; also unmap a file's pages.</summary>
    Isolate,

    /// <summary>Anonymous: unlock the reverse map.</summary>
    UnlockReverseMap,

    /// <summary>File: reserve slots of the page cache for the range.</summary>
    ReserveSlots,

    /// <summary>File: flush the TLB; charge shmem for the holes.</summary>
    ChargeHoles,

    /// <summary>Copy the pages in order; clear the holes.</summary>
    Copy,

    /// <summary>File: put retry entries into the holes, so that they stay empty.</summary>
    CloseHoles,

    /// <summary>Anonymous: free the small pages. File: put the huge page into the page cache. From here on nothing can fail.</summary>
    Commit,

    /// <summary>Anonymous: map the huge page.</summary>
    Install,

    /// <summary>File: free the page tables that mapped the small pages, and the small pages.</summary>
    Retract,
}
