namespace CopyMc.Contract.Agreement;

/// <summary>
/// What one 4 KiB page has been through when MADV_COLLAPSE is called. Every page but <see cref="Absent"/>, <see cref="ZeroPage"/>
/// and <see cref="HugeZeroPage"/> was first written with its pattern (<see cref="PagePattern"/>, generation 0).
/// </summary>
public enum PageState
{
    /// <summary>Never touched; of a file, a hole.</summary>
    Absent,

    /// <summary>Written through the mapping and mapped by its own PTE; of a private or read-only mapping, written to the file and read.</summary>
    Present,

    /// <summary>Of a file: in the page cache, mapped by nobody.</summary>
    Cached,

    /// <summary>Anonymous: only read, so that the PTE maps the zero page. Of shmem: a page of zeros, allocated by the read.</summary>
    ZeroPage,

    /// <summary>Dropped by MADV_DONTNEED: the PTE is none. Anonymous content is gone, a file's is still in the page cache.</summary>
    Dropped,

    /// <summary>MADV_FREE.</summary>
    Lazyfree,

    /// <summary>Paged out by MADV_PAGEOUT: a swap entry in the page table, or of shmem in the page cache. Needs a swap area.</summary>
    Swapped,

    /// <summary>A UFFDIO_POISON marker in the page table; of a file the page itself is still in the page cache.</summary>
    Poisoned,

    /// <summary>A MADV_GUARD_INSTALL marker in the page table.</summary>
    Guarded,

    /// <summary>Present, and write-protected by userfaultfd; not written before, of a file: a write-protect marker.</summary>
    WriteProtected,

    /// <summary>Of a file: written, then cut out by FALLOC_FL_PUNCH_HOLE.</summary>
    Punched,

    /// <summary>Part of a huge page that a PMD maps.</summary>
    HugeMapped,

    /// <summary>Of a file: part of a huge page in the page cache, mapped by nobody.</summary>
    HugeCached,

    /// <summary>Anonymous: part of the huge zero page that a PMD maps, by a read.</summary>
    HugeZeroPage,

    /// <summary>Part of one huge page, mapped by PTEs.</summary>
    Compound,

    /// <summary>The first page of a huge page of its own, the rest of which is unmapped.</summary>
    CompoundHead,

    /// <summary>Given up by the kernel: MADV_HWPOISON. Needs CONFIG_MEMORY_FAILURE.</summary>
    HwPoisoned,
}
