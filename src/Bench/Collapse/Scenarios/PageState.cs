namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What a page is when the scenario begins.</summary>
internal enum PageState
{
    /// <summary>Nothing is mapped. Of a regular file: on disk only; of shmem: a hole.</summary>
    Absent,

    /// <summary>Written and mapped.</summary>
    Present,

    /// <summary>The zero page is mapped: read, never written.</summary>
    Zero,

    /// <summary>Written, and sent to swap.</summary>
    Swapped,

    /// <summary>In the page cache of the file, not mapped.</summary>
    Cached,

    /// <summary>In the page cache of a regular file, written and not yet on disk.</summary>
    Dirty,

    /// <summary>Written, then <c>MADV_FREE</c>.</summary>
    LazyFree,

    /// <summary>Written and mapped, and not used since (<c>MADV_COLD</c>).</summary>
    Old,

    /// <summary>Absent, with the marker of <c>UFFDIO_POISON</c>.</summary>
    PoisonMarker,

    /// <summary>Absent, with the marker of <c>MADV_GUARD_INSTALL</c>.</summary>
    GuardMarker,

    /// <summary>Written, then <c>UFFDIO_WRITEPROTECT</c>.</summary>
    WriteProtected,

    /// <summary>The first page of a huge page of its own, mapped by an entry: a page table full of them needs 512 huge pages.</summary>
    Compound,
}
