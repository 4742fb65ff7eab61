namespace CopyMc.Collapse;

/// <summary>The steps of a collapse. Between two of them anybody else may act.</summary>
public enum CollapseStep
{
    /// <summary>Look at the range's entries or slots, and refuse what cannot or should not be collapsed. Takes nothing.</summary>
    Scan,

    /// <summary>Get a huge page and charge it; no lock is held.</summary>
    Allocate,

    /// <summary>Anonymous: take the mmap lock for reading and look at the area and the PMD again.</summary>
    Revalidate,

    /// <summary>Anonymous: bring swapped pages in.</summary>
    SwapIn,

    /// <summary>Anonymous: take the mmap lock for writing, look again, lock the reverse map.</summary>
    LockForWrite,

    /// <summary>Anonymous: take the page table out and flush the TLB.</summary>
    DetachPageTable,

    /// <summary>Lock each page and take it off the LRU. A file's are also unmapped.</summary>
    Isolate,

    /// <summary>Anonymous: unlock the reverse map.</summary>
    UnlockReverseMap,

    /// <summary>File: make sure that the page cache has slots for the range.</summary>
    ReserveSlots,

    /// <summary>File: flush the TLB; charge shmem for the holes.</summary>
    ChargeHoles,

    /// <summary>Copy the pages in order; holes are cleared.</summary>
    Copy,

    /// <summary>File: put retry entries into the holes, so that nobody fills them.</summary>
    CloseHoles,

    /// <summary>Nothing can fail any more. Anonymous: free the small pages.</summary>
    Commit,

    /// <summary>The huge page takes the range over.</summary>
    Install,

    /// <summary>File: drop the page tables that mapped the small pages, and free these.</summary>
    Retract,
}
