namespace CopyMc.Collapse;

/// <summary>How a collapse ended: the kernel's <c>enum scan_result</c> (<c>mm/khugepaged.c</c>).</summary>
public enum CollapseResult
{
    /// <summary><c>FAIL</c>: a failure without a code of its own, usually a swap-in that failed.</summary>
    Fail,

    /// <summary><c>SUCCEED</c>: the range is a huge page now.</summary>
    Succeed,

    /// <summary><c>NO_PTE_TABLE</c>: the range has no page table. Kernels before 7.0 return <see cref="PmdNone"/> or <see cref="PmdNull"/>.</summary>
    NoPteTable,

    /// <summary><c>PMD_MAPPED</c>: the range is mapped by a huge page already.</summary>
    PmdMapped,

    /// <summary><c>EXCEED_NONE_PTE</c>: more absent pages than allowed.</summary>
    ExceedNonePte,

    /// <summary><c>EXCEED_SWAP_PTE</c>: more swapped pages than allowed, including markers and poisoned entries.</summary>
    ExceedSwapPte,

    /// <summary><c>EXCEED_SHARED_PTE</c>: more pages shared with other processes than allowed.</summary>
    ExceedSharedPte,

    /// <summary><c>PTE_NON_PRESENT</c>: an entry that was present in the scan no longer is.</summary>
    PteNonPresent,

    /// <summary><c>PTE_UFFD</c>: an entry is write-protected by userfaultfd.</summary>
    PteUffd,

    /// <summary><c>PTE_MAPPED_HUGEPAGE</c>: the file's range is a huge page already, which a PMD can map.</summary>
    PteMappedHugepage,

    /// <summary><c>LACK_REFERENCED_PAGE</c>: too few of the pages were referenced recently.</summary>
    LackReferencedPage,

    /// <summary><c>PAGE_NULL</c>: an entry maps memory that has no page, such as a device.</summary>
    PageNull,

    /// <summary><c>SCAN_ABORT</c>: the pages are on memory nodes too far apart. Never returned, because one node is simulated.</summary>
    ScanAbort,

    /// <summary><c>PAGE_COUNT</c>: a page has more references than expected.</summary>
    PageCount,

    /// <summary><c>PAGE_LRU</c>: a page is not on the LRU.</summary>
    PageLru,

    /// <summary><c>PAGE_LOCK</c>: a page is locked.</summary>
    PageLock,

    /// <summary><c>PAGE_ANON</c>: the area or a page is not anonymous memory.</summary>
    PageAnon,

    /// <summary><c>PAGE_LAZYFREE</c>: a page is lazily freed (<c>MADV_FREE</c>), and khugepaged skips it (Linux 7.2).</summary>
    PageLazyFree,

    /// <summary><c>PAGE_COMPOUND</c>: a page belongs to a large folio. Never returned: the modelled kernels collapse those.</summary>
    PageCompound,

    /// <summary><c>ANY_PROCESS</c>: the process is ending.</summary>
    AnyProcess,

    /// <summary><c>VMA_NULL</c>: the range is no longer mapped.</summary>
    VmaNull,

    /// <summary><c>VMA_CHECK</c>: the area may not have huge pages.</summary>
    VmaCheck,

    /// <summary><c>ADDRESS_RANGE</c>: the area does not hold the whole 2 MiB.</summary>
    AddressRange,

    /// <summary><c>DEL_PAGE_LRU</c>: a page could not be taken off the LRU.</summary>
    DelPageLru,

    /// <summary><c>ALLOC_HUGE_PAGE_FAIL</c>: no huge page is free.</summary>
    AllocHugePageFail,

    /// <summary><c>CGROUP_CHARGE_FAIL</c>: the huge page would exceed the limit of the memory control group.</summary>
    CgroupChargeFail,

    /// <summary><c>TRUNCATED</c>: the file no longer has the page or any page of the range.</summary>
    Truncated,

    /// <summary><c>PAGE_HAS_PRIVATE</c>: the file system has private data on a page and does not release it.</summary>
    PageHasPrivate,

    /// <summary><c>STORE_FAILED</c>: a retry entry could not be stored.</summary>
    StoreFailed,

    /// <summary><c>COPY_MC</c>: the copy stopped in a poisoned page.</summary>
    CopyMc,

    /// <summary><c>PAGE_FILLED</c>: a hole of the file was filled meanwhile.</summary>
    PageFilled,

    /// <summary><c>PAGE_DIRTY_OR_WRITEBACK</c>: a page of a regular file is dirty or being written. Kernels before 7.0 return <see cref="Fail"/>.</summary>
    PageDirtyOrWriteback,

    /// <summary><c>PMD_NULL</c>: there is no table of PMDs for the range. Only before Linux 7.0.</summary>
    PmdNull,

    /// <summary><c>PMD_NONE</c>: there is no page table for the range. Only before Linux 7.0.</summary>
    PmdNone,

    /// <summary><c>PAGE_RO</c>: no page of anonymous memory can be written without a fault. Only before Linux 6.18.</summary>
    PageRo,
}
