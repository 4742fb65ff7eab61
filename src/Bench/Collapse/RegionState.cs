namespace CopyMc.Bench.Collapse;

/// <summary>A region as one process maps it, and the machine around it.</summary>
internal sealed record RegionState
{
    /// <summary>2 MiB ranges mapped by a huge page.</summary>
    public required int HugeRanges { get; init; }

    public required int PageTables { get; init; }

    /// <summary>Entries of page tables that map a page.</summary>
    public required int PresentEntries { get; init; }

    public required int ZeroPageEntries { get; init; }
    public required int AbsentEntries { get; init; }
    public required int SwapEntries { get; init; }

    /// <summary>Entries that memory-failure handling left.</summary>
    public required int PoisonedEntries { get; init; }

    /// <summary>Entries of userfaultfd and guards where no page is.</summary>
    public required int MarkerEntries { get; init; }

    /// <summary>2 MiB ranges of the file that are a huge page in its cache.</summary>
    public required int HugeFileRanges { get; init; }

    public required long CachedPages { get; init; }

    /// <summary>Pages that the process has resident: RssAnon, RssFile and RssShmem.</summary>
    public required long ResidentPages { get; init; }

    /// <summary>Pages charged to the memory control group.</summary>
    public required long ChargedPages { get; init; }

    public required long FreePages { get; init; }

    /// <summary>Folios on the LRU list of anonymous memory.</summary>
    public required int AnonymousLru { get; init; }

    /// <summary>Folios on the LRU list of files.</summary>
    public required int FileLru { get; init; }

    /// <summary>nr_isolated_anon and nr_isolated_file.</summary>
    public required long IsolatedPages { get; init; }

    public required long HardwareCorruptedPages { get; init; }
    public required long ThpCollapseAlloc { get; init; }
    public required long ThpCollapseAllocFailed { get; init; }
}
