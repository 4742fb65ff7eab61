using CopyMc.Collapse;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>Results have the names of the kernel's sources and tracepoints.</summary>
public sealed class CollapseResultsTests
{
    /// <summary><c>SCAN_STATUS</c> of <c>include/trace/events/huge_memory.h</c>, including its misspelling.</summary>
    private static readonly Dictionary<string, string> s_kernel = new()
    {
        ["FAIL"] = "failed",
        ["SUCCEED"] = "succeeded",
        ["NO_PTE_TABLE"] = "no_pte_table",
        ["PMD_MAPPED"] = "page_pmd_mapped",
        ["EXCEED_NONE_PTE"] = "exceed_none_pte",
        ["EXCEED_SWAP_PTE"] = "exceed_swap_pte",
        ["EXCEED_SHARED_PTE"] = "exceed_shared_pte",
        ["PTE_NON_PRESENT"] = "pte_non_present",
        ["PTE_UFFD"] = "pte_uffd_wp",
        ["PTE_MAPPED_HUGEPAGE"] = "pte_mapped_hugepage",
        ["LACK_REFERENCED_PAGE"] = "lack_referenced_page",
        ["PAGE_NULL"] = "page_null",
        ["SCAN_ABORT"] = "scan_aborted",
        ["PAGE_COUNT"] = "not_suitable_page_count",
        ["PAGE_LRU"] = "page_not_in_lru",
        ["PAGE_LOCK"] = "page_locked",
        ["PAGE_ANON"] = "page_not_anon",
        ["PAGE_LAZYFREE"] = "page_lazyfree",
        ["PAGE_COMPOUND"] = "page_compound",
        ["ANY_PROCESS"] = "no_process_for_page",
        ["VMA_NULL"] = "vma_null",
        ["VMA_CHECK"] = "vma_check_failed",
        ["ADDRESS_RANGE"] = "not_suitable_address_range",
        ["DEL_PAGE_LRU"] = "could_not_delete_page_from_lru",
        ["ALLOC_HUGE_PAGE_FAIL"] = "alloc_huge_page_failed",
        ["CGROUP_CHARGE_FAIL"] = "ccgroup_charge_failed",
        ["TRUNCATED"] = "truncated",
        ["PAGE_HAS_PRIVATE"] = "page_has_private",
        ["STORE_FAILED"] = "store_failed",
        ["COPY_MC"] = "copy_poisoned_page",
        ["PAGE_FILLED"] = "page_filled",
        ["PAGE_DIRTY_OR_WRITEBACK"] = "page_dirty_or_writeback",
        // Later kernels no longer have these.
        ["PMD_NULL"] = "pmd_null",
        ["PMD_NONE"] = "pmd_none",
        ["PAGE_RO"] = "no_writable_page",
    };

    [Fact]
    public void Every_result_has_the_kernels_name_and_status()
    {
        CollapseResult[] all = Enum.GetValues<CollapseResult>();
        Assert.Equal(s_kernel.Count, all.Length);
        Assert.All(all, result => Assert.Equal(s_kernel[result.ToName()], result.ToTraceStatus()));
    }
}
