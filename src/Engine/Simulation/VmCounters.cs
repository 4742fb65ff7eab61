namespace CopyMc.Simulation;

/// <summary>The machine's counters, named as in <c>/proc/vmstat</c>. Pages are of 4 KiB.</summary>
public sealed class VmCounters
{
    /// <summary>Huge pages allocated for collapses (<c>thp_collapse_alloc</c>).</summary>
    public long ThpCollapseAlloc { get; internal set; }

    /// <summary>Failed allocations of huge pages for collapses (<c>thp_collapse_alloc_failed</c>).</summary>
    public long ThpCollapseAllocFailed { get; internal set; }

    /// <summary>Ranges refused for too many absent pages (<c>thp_scan_exceed_none_pte</c>).</summary>
    public long ThpScanExceedNonePte { get; internal set; }

    /// <summary>Ranges refused for too many swapped pages (<c>thp_scan_exceed_swap_pte</c>).</summary>
    public long ThpScanExceedSwapPte { get; internal set; }

    /// <summary>Ranges refused for too many shared pages (<c>thp_scan_exceed_share_pte</c>).</summary>
    public long ThpScanExceedSharePte { get; internal set; }

    /// <summary>Huge pages allocated by page faults (<c>thp_fault_alloc</c>).</summary>
    public long ThpFaultAlloc { get; internal set; }

    /// <summary>Anonymous pages taken off the LRU (<c>nr_isolated_anon</c>).</summary>
    public long NrIsolatedAnon { get; internal set; }

    /// <summary>Pages of files taken off the LRU (<c>nr_isolated_file</c>).</summary>
    public long NrIsolatedFile { get; internal set; }

    /// <summary>Pages in page caches, including shmem (<c>nr_file_pages</c>).</summary>
    public long NrFilePages { get; internal set; }

    /// <summary>Pages of shmem (<c>nr_shmem</c>).</summary>
    public long NrShmem { get; internal set; }

    /// <summary>Huge pages of shmem (<c>nr_shmem_hugepages</c>).</summary>
    public long NrShmemThps { get; internal set; }

    /// <summary>Huge pages of other files (<c>nr_file_hugepages</c>).</summary>
    public long NrFileThps { get; internal set; }

    /// <summary>Pages read from swap (<c>pswpin</c>).</summary>
    public long PSwpIn { get; internal set; }

    /// <summary>Pages written to swap (<c>pswpout</c>).</summary>
    public long PSwpOut { get; internal set; }

    /// <summary>Frames taken out of use for poison (<c>HardwareCorrupted</c> in <c>/proc/meminfo</c>).</summary>
    public long HardwareCorrupted { get; internal set; }

    /// <summary>Huge pages that khugepaged made (<c>pages_collapsed</c>).</summary>
    public long PagesCollapsed { get; internal set; }

    /// <summary>Scans of all address spaces that khugepaged has completed (<c>full_scans</c>).</summary>
    public long FullScans { get; internal set; }
}
