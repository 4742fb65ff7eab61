namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>The kinds of action.</summary>
internal enum ActionKind
{
    /// <summary>Writes to the pages, with new content.</summary>
    Write,

    /// <summary>Reads from the pages.</summary>
    Read,

    /// <summary><c>MADV_DONTNEED</c>.</summary>
    DontNeed,

    /// <summary><c>MADV_FREE</c>.</summary>
    LazyFree,

    /// <summary><c>MADV_COLD</c>.</summary>
    Cold,

    /// <summary><c>MADV_PAGEOUT</c>.</summary>
    PageOut,

    /// <summary><c>MADV_HUGEPAGE</c>, <c>MADV_NOHUGEPAGE</c>, or <c>MADV_NORMAL</c>.</summary>
    Advise,

    /// <summary>Maps the region's first huge page by 512 entries.</summary>
    SplitMapping,

    /// <summary><c>fork(2)</c>: the child is the next process.</summary>
    Fork,

    /// <summary><c>exit(2)</c>.</summary>
    Exit,

    /// <summary><c>ftruncate(2)</c> of the region's file to some pages.</summary>
    Truncate,

    /// <summary><c>FALLOC_FL_PUNCH_HOLE</c> in the region's file.</summary>
    PunchHole,

    /// <summary><c>fsync(2)</c> of the region's file.</summary>
    WriteBack,

    /// <summary>Drops clean pages of regular files.</summary>
    DropCaches,

    /// <summary>Reclaims the least recently used page of each LRU list.</summary>
    Reclaim,

    /// <summary>Poisons a line of a page.</summary>
    Poison,

    /// <summary>Lets memory failure handle the poison that was found.</summary>
    HandlePoison,

    /// <summary>Pins a page, as direct I/O does.</summary>
    Pin,

    /// <summary>Unpins the page that was pinned first.</summary>
    Unpin,

    /// <summary>Locks a page, as reading it in or writing it out does.</summary>
    Lock,

    /// <summary>Unlocks it.</summary>
    Unlock,

    /// <summary>Collapses a range.</summary>
    Collapse,

    /// <summary>Compares a region with what is expected.</summary>
    Expect,
}
