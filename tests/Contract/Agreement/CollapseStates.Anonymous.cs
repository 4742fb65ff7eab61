using static CopyMc.Contract.Agreement.CollapseErrno;
using static CopyMc.Contract.Agreement.CollapseExpectation;
using static CopyMc.Contract.Agreement.PageState;

namespace CopyMc.Contract.Agreement;

public static partial class CollapseStates
{
    private const string NoAnonVma = "memory never written has no anon_vma, and without one it is not eligible (__thp_vma_allowable_orders)";

    /// <summary>What anonymous pages have been through.</summary>
    private static IEnumerable<CollapseState> Anonymous =>
    [
        Anon("full", Whole(Present)),
        Anon("empty") with { Expected = Refused(Invalid), Because = NoAnonVma },
        Anon("single_pte_entry", One(0, Present)),
        Anon("only the last page", One(511, Present)),
        Anon("max_ptes_none", Run(0, 255, Present)),
        Anon("every page dropped", Whole(Dropped)) with
        {
            Expected = Refused(Invalid, "pmd_none"),
            Because = "MADV_DONTNEED over the whole range frees the empty page table too (zap_pte_range, CONFIG_PT_RECLAIM, Linux 6.14): no PTE table to collapse",
            DiffersBetweenKernels = true,
        },
        Anon("only one page, and that dropped", One(255, Dropped)) with
        {
            Because = "a page table of 512 none entries is enough: MADV_COLLAPSE has no limit of none entries (hpage_collapse_scan_pmd)",
            DiffersBetweenKernels = true,
        },
        Anon("one page dropped", Whole(Present), One(255, Dropped)),
        Anon("one page of zeros by a read", Whole(Present), One(255, ZeroPage)),
        Anon("every page of zeros by reads", Whole(ZeroPage)) with { Expected = Refused(Invalid), Because = NoAnonVma },
        Anon("every page of zeros by reads, beside a written one", Whole(ZeroPage), One(512, Present)) with
        {
            Mapping = new(0, 1024),
            Expected = Collapsed with { Ranges = "huge, small" },
            DiffersBetweenKernels = true,
        },
        Anon("huge zero page", Whole(HugeZeroPage)) with
        {
            Expected = HugeAlready,
            Because = "the huge zero page is a huge PMD like any other (find_pmd_or_thp_or_none)",
        },
        Anon("lazyfree page", Whole(Present), One(255, Lazyfree)),
        Anon("every page lazyfree", Whole(Lazyfree)),
        Anon("existing_thps", Whole(HugeMapped)) with { Expected = HugeAlready },
        Anon("alloc_at_fault: a huge page split by dropping a page", Whole(HugeMapped), One(0, Dropped)),
        Anon("single_pte_entry_compound", One(0, Compound), Run(1, 511, Dropped)),
        Anon("full_of_compound", Whole(Compound)),
        Anon("compound_extreme", Whole(CompoundHead)),
        Anon("swapin_single_pte", Whole(Present), One(0, Swapped)),
        Anon("max_ptes_swap", Whole(Present), Run(0, 65, Swapped)),
        Anon("every page swapped out", Whole(Swapped)),
        Anon("every page swapped out, and one brought back and pinned", Whole(Swapped)) with
        {
            Pinned = new(0, 1),
            Expected = Refused(TryAgain, "not_suitable_page_count"),
        },
        Anon("pinned first page", Whole(Present)) with { Pinned = new(0, 1), Expected = Refused(TryAgain, "not_suitable_page_count") },
        Anon("pinned last page", Whole(Present)) with { Pinned = new(511, 1), Expected = Refused(TryAgain, "not_suitable_page_count") },
        Anon("pinned page of a compound page", Whole(Compound)) with
        {
            Pinned = new(255, 1),
            Expected = Refused(TryAgain, "not_suitable_page_count") with { Ranges = "folio" },
        },
        Anon("no room in the memory cgroup", Whole(Present)) with
        {
            ChargeDenied = true,
            Expected = Refused(Busy, "ccgroup_charge_failed"),
        },
    ];

    /// <summary>The same shared by fork and parted again by writes.</summary>
    private static IEnumerable<CollapseState> Forked =>
    [
        Anon("fork", One(0, Present)) with { Fork = ForkCaller.Child, Rewritten = new(1, 1) },
        Anon("fork, the parent calls", Whole(Present)) with { Fork = ForkCaller.Parent, DiffersBetweenKernels = true },
        Anon("fork, every page rewritten", Whole(Present)) with { Fork = ForkCaller.Child, Rewritten = PageRange.HugePage },
        Anon("fork, the second half rewritten by the parent", Whole(Present)) with
        {
            Fork = ForkCaller.Parent,
            Rewritten = new(256, 256),
        },
        Anon("fork_compound", Whole(Compound)) with { Fork = ForkCaller.Child, Rewritten = new(0, 1) },
        Anon("max_ptes_shared", Whole(HugeMapped)) with { Fork = ForkCaller.Child, Rewritten = new(0, 255) },
        Anon("fork of a huge page", Whole(HugeMapped)) with { Fork = ForkCaller.Child, Expected = HugeAlready },
        Anon("fork, a page dropped by the child", Whole(Present), One(255, Dropped)) with { Fork = ForkCaller.Child, DiffersBetweenKernels = true },
        Anon("fork, a page poisoned in the child", Whole(Present), One(255, Poisoned)) with
        {
            Fork = ForkCaller.Child,
            Expected = Refused(Invalid, "failed"),
        },
        Shmem("fork, the child calls", Whole(Present)) with { Fork = ForkCaller.Child, DiffersBetweenKernels = true },
        Shmem("fork, the parent calls", Whole(Present)) with { Fork = ForkCaller.Parent },
        Shmem("fork, a page rewritten by the child", Whole(Present)) with { Fork = ForkCaller.Child, Rewritten = new(255, 1) },
        PrivateShmem("fork, a page rewritten by the child", Whole(Present)) with
        {
            Fork = ForkCaller.Child,
            Rewritten = new(255, 1),
            Expected = OnlyInTheCache(),
            Because = PrivateCopies,
        },
    ];
}
