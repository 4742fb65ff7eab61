using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>The errno and the names of a <see cref="CollapseResult"/>.</summary>
public static class CollapseResults
{
    /// <summary>The errno of <c>madvise(MADV_COLLAPSE)</c> (<c>madvise_collapse_errno</c>).</summary>
    /// <param name="result">The result of the range.</param>
    /// <param name="kernel">The kernel that returns it.</param>
    /// <returns>The errno; <see cref="Errno.None"/> if the range is a huge page.</returns>
    public static Errno ToErrno(this CollapseResult result, KernelVersion kernel) => result switch
    {
        CollapseResult.Succeed or CollapseResult.PmdMapped => Errno.None,
        CollapseResult.AllocHugePageFail => Errno.ENOMEM,
        CollapseResult.CgroupChargeFail => Errno.EBUSY,
        CollapseResult.ExceedNonePte when kernel.Behavior.ReportsTooManyHolesAsBusy => Errno.EBUSY,
        CollapseResult.PageCount or CollapseResult.PageLock or CollapseResult.PageLru or CollapseResult.DelPageLru
            or CollapseResult.PageFilled or CollapseResult.PageDirtyOrWriteback => Errno.EAGAIN,
        CollapseResult.PageHasPrivate when kernel.Behavior.RetriesPrivateData => Errno.EAGAIN,
        _ => Errno.EINVAL,
    };

    /// <summary>The kernel's name, as in <c>COPY_MC</c>.</summary>
    /// <param name="result">The result.</param>
    /// <returns>The name of the constant.</returns>
    public static string ToName(this CollapseResult result) => result switch
    {
        CollapseResult.Fail => "FAIL",
        CollapseResult.Succeed => "SUCCEED",
        CollapseResult.NoPteTable => "NO_PTE_TABLE",
        CollapseResult.PmdMapped => "PMD_MAPPED",
        CollapseResult.ExceedNonePte => "EXCEED_NONE_PTE",
        CollapseResult.ExceedSwapPte => "EXCEED_SWAP_PTE",
        CollapseResult.ExceedSharedPte => "EXCEED_SHARED_PTE",
        CollapseResult.PteNonPresent => "PTE_NON_PRESENT",
        CollapseResult.PteUffd => "PTE_UFFD",
        CollapseResult.PteMappedHugepage => "PTE_MAPPED_HUGEPAGE",
        CollapseResult.LackReferencedPage => "LACK_REFERENCED_PAGE",
        CollapseResult.PageNull => "PAGE_NULL",
        CollapseResult.ScanAbort => "SCAN_ABORT",
        CollapseResult.PageCount => "PAGE_COUNT",
        CollapseResult.PageLru => "PAGE_LRU",
        CollapseResult.PageLock => "PAGE_LOCK",
        CollapseResult.PageAnon => "PAGE_ANON",
        CollapseResult.PageLazyFree => "PAGE_LAZYFREE",
        CollapseResult.PageCompound => "PAGE_COMPOUND",
        CollapseResult.AnyProcess => "ANY_PROCESS",
        CollapseResult.VmaNull => "VMA_NULL",
        CollapseResult.VmaCheck => "VMA_CHECK",
        CollapseResult.AddressRange => "ADDRESS_RANGE",
        CollapseResult.DelPageLru => "DEL_PAGE_LRU",
        CollapseResult.AllocHugePageFail => "ALLOC_HUGE_PAGE_FAIL",
        CollapseResult.CgroupChargeFail => "CGROUP_CHARGE_FAIL",
        CollapseResult.Truncated => "TRUNCATED",
        CollapseResult.PageHasPrivate => "PAGE_HAS_PRIVATE",
        CollapseResult.StoreFailed => "STORE_FAILED",
        CollapseResult.CopyMc => "COPY_MC",
        CollapseResult.PageFilled => "PAGE_FILLED",
        CollapseResult.PageDirtyOrWriteback => "PAGE_DIRTY_OR_WRITEBACK",
        CollapseResult.PmdNull => "PMD_NULL",
        CollapseResult.PmdNone => "PMD_NONE",
        CollapseResult.PageRo => "PAGE_RO",
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "The result is not defined."),
    };

    /// <summary>
    /// The status in the tracepoints of <c>huge_memory</c> (<c>SCAN_STATUS</c> in <c>include/trace/events/huge_memory.h</c>), with the
    /// kernel's misspelling of <c>ccgroup_charge_failed</c>.
    /// </summary>
    /// <param name="result">The result.</param>
    /// <returns>The status, in lower case.</returns>
    public static string ToTraceStatus(this CollapseResult result) => result switch
    {
        CollapseResult.Fail => "failed",
        CollapseResult.Succeed => "succeeded",
        CollapseResult.PmdMapped => "page_pmd_mapped",
        CollapseResult.PteUffd => "pte_uffd_wp",
        CollapseResult.ScanAbort => "scan_aborted",
        CollapseResult.PageCount => "not_suitable_page_count",
        CollapseResult.PageLru => "page_not_in_lru",
        CollapseResult.PageLock => "page_locked",
        CollapseResult.PageRo => "no_writable_page",
        CollapseResult.PageAnon => "page_not_anon",
        CollapseResult.AnyProcess => "no_process_for_page",
        CollapseResult.VmaCheck => "vma_check_failed",
        CollapseResult.AddressRange => "not_suitable_address_range",
        CollapseResult.DelPageLru => "could_not_delete_page_from_lru",
        CollapseResult.AllocHugePageFail => "alloc_huge_page_failed",
        CollapseResult.CgroupChargeFail => "ccgroup_charge_failed",
        CollapseResult.CopyMc => "copy_poisoned_page",
        // The others are the kernel's names in lower case.
        _ => ToName(result).ToLowerInvariant(),
    };
}
