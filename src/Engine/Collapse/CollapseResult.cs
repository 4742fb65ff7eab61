namespace CopyMc.Collapse;

/// <summary>How a collapse ended: the kernel's <c>enum scan_result</c> (<c>mm/khugepaged.c</c>), each code exactly once for a range.</summary>
public enum CollapseResult
{
    /// <summary><c>FAIL</c>: something that has no code of its own; a swap-in that failed is the usual one.</summary>
    Fail,

    /// <summary><c>SUCCEED</c>: the range is a huge page now.</summary>
    Succeed,

    /// <summary><c>NO_PTE_TABLE</c>: nothing was ever mapped in the range, or it was emptied. Kernels before 7.0 say <see cref="PmdNone"/> or <see cref="PmdNull"/>.</summary>
    NoPteTable,

    /// <summary><c>PMD_MAPPED</c>: the range is mapped by a huge page already.</summary>
    PmdMapped,

    /// <summary><c>EXCEED_NONE_PTE</c>: more absent pages than allowed.</summary>
    ExceedNonePte,

    /// <summary><c>EXCEED_SWAP_PTE</c>: more swapped pages than allowed, markers and poisoned entries counted.</summary>
    ExceedSwapPte,

    /// <summary><c>EXCEED_SHARED_PTE</c>: more pages shared with other processes than allowed.</summary>
    ExceedSharedPte,

    /// <summary><c>PTE_NON_PRESENT</c>: an entry that was present in the scan no longer is.</summary>
    PteNonPresent,

    /// <summary><c>PTE_UFFD</c>: an entry is write-protected by userfaultfd.</summary>
    PteUffd,

    /// <summary><c>PTE_MAPPED_HUGEPAGE</c>: the file's range is a huge page already, to be mapped as one.</summary>
    PteMappedHugepage,

    /// <summary><c>LACK_REFERENCED_PAGE</c>: too few of the pages were used lately.</summary>
    LackReferencedPage,

    /// <summary><c>PAGE_NULL</c>: an entry maps what is no page of memory.</summary>
    PageNull,

    /// <summary><c>SCAN_ABORT</c>: the pages lie on memory nodes too far apart. One node is simulated: never given.</summary>
    ScanAbort,

    /// <summary><c>PAGE_COUNT</c>: a page is held by somebody unaccounted for.</summary>
    PageCount,

    /// <summary><c>PAGE_LRU</c>: a page is not on the LRU.</summary>
    PageLru,

    /// <summary><c>PAGE_LOCK</c>: a page is locked.</summary>
    PageLock,

    /// <summary><c>PAGE_ANON</c>: the area or a page is not anonymous memory.</summary>
    PageAnon,

    /// <summary><c>PAGE_LAZYFREE</c>: a page was freed lazily, and khugepaged leaves it (Linux 7.2).</summary>
    PageLazyFree,

    /// <summary><c>PAGE_COMPOUND</c>: a page of a large folio, where these were refused. Never given since Linux 6.x collapses them.</summary>
    PageCompound,

    /// <summary><c>ANY_PROCESS</c>: the process is ending.</summary>
    AnyProcess,

    /// <summary><c>VMA_NULL</c>: nothing is mapped there any more.</summary>
    VmaNull,

    /// <summary><c>VMA_CHECK</c>: the area may not have huge pages.</summary>
    VmaCheck,

    /// <summary><c>ADDRESS_RANGE</c>: the area does not hold the whole 2 MiB.</summary>
    AddressRange,

    /// <summary><c>DEL_PAGE_LRU</c>: a page could not be taken off the LRU.</summary>
    DelPageLru,

    /// <summary><c>ALLOC_HUGE_PAGE_FAIL</c>: no huge page is free.</summary>
    AllocHugePageFail,

    /// <summary><c>CGROUP_CHARGE_FAIL</c>: the memory control group allows no huge page more.</summary>
    CgroupChargeFail,

    /// <summary><c>TRUNCATED</c>: the file holds nothing there any more.</summary>
    Truncated,

    /// <summary><c>PAGE_HAS_PRIVATE</c>: the file system keeps data with a page and does not let go of it.</summary>
    PageHasPrivate,

    /// <summary><c>STORE_FAILED</c>: a retry entry could not be stored.</summary>
    StoreFailed,

    /// <summary><c>COPY_MC</c>: a page could not be copied whole: it is poisoned.</summary>
    CopyMc,

    /// <summary><c>PAGE_FILLED</c>: a hole of the file was filled meanwhile.</summary>
    PageFilled,

    /// <summary><c>PAGE_DIRTY_OR_WRITEBACK</c>: a page of a regular file is dirty or being written. Kernels before 7.0 say <see cref="Fail"/>.</summary>
    PageDirtyOrWriteback,

    /// <summary><c>PMD_NULL</c>: there is no table of PMDs for the range. Not since Linux 7.0.</summary>
    PmdNull,

    /// <summary><c>PMD_NONE</c>: there is no page table for the range. Not since Linux 7.0.</summary>
    PmdNone,

    /// <summary><c>PAGE_RO</c>: no page of anonymous memory can be written without a fault. Not since Linux 6.18.</summary>
    PageRo,
}
