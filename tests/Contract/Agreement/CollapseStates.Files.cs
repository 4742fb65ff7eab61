using static CopyMc.Contract.Agreement.CollapseErrno;
using static CopyMc.Contract.Agreement.CollapseExpectation;
using static CopyMc.Contract.Agreement.PageState;

namespace CopyMc.Contract.Agreement;

public static partial class CollapseStates
{
    private const string AllHoles = "a range without a page is taken for truncated (SCAN_TRUNCATED in collapse_file)";

    private const string PrivateCopies =
        "the file's pages are collapsed, but the page table still has pages that are not the file's (try_collapse_pte_mapped_thp: SCAN_FAIL)";

    /// <summary>What the pages of a file have been through: shmem, and files that the kernel does not collapse.</summary>
    private static IEnumerable<CollapseState> Files =>
    [
        Shmem("full", Whole(Present)),
        Shmem("empty") with { Expected = Refused(Invalid, "truncated"), Because = AllHoles },
        Shmem("single_pte_entry", One(0, Present)),
        Shmem("only the last page", One(511, Present)),
        Shmem("max_ptes_none", Run(0, 255, Present)),
        Shmem("every page in the cache only", Whole(Cached)) with { DiffersBetweenKernels = true },
        Shmem("one page in the cache only", One(255, Cached)) with { DiffersBetweenKernels = true },
        Shmem("every page dropped from the page table", Whole(Dropped)),
        Shmem("one page of zeros by a read", One(255, ZeroPage)),
        Shmem("first page punched out", Whole(Present), One(0, Punched)),
        Shmem("middle page punched out", Whole(Present), One(255, Punched)),
        Shmem("every page punched out", Whole(Punched)) with { Expected = Refused(Invalid, "truncated"), Because = AllHoles },
        Shmem("truncated in the middle", Whole(Present)) with
        {
            FilePages = 256,
            Expected = CollapsedFile with { Content = "256 original, 256 zero" },
            Because = "set_huge_pmd maps the whole huge page, past the end of the file: what raised SIGBUS now reads as zeros and can be written",
        },
        Shmem("truncated to nothing", Whole(Present)) with { FilePages = 0, Expected = Refused(Invalid, "truncated"), Because = AllHoles },
        Shmem("existing_thps", Whole(HugeMapped)),
        Shmem("retracted_page_tables", Whole(HugeCached)),
        Shmem("full_of_compound", Whole(Compound)),
        Shmem("huge page with a page punched out", Whole(HugeMapped), One(255, Punched)),
        Shmem("swapin_single_pte", Whole(Present), One(0, Swapped)),
        Shmem("every page swapped out", Whole(Swapped)),
        Shmem("mapped twice", Whole(Present)) with { AlsoMapped = PageRange.HugePage },
        Shmem("mapped twice in part", Whole(Present)) with { AlsoMapped = new(100, 8) },
        Shmem("poison, mapped twice", Whole(Present), One(255, Poisoned)) with
        {
            AlsoMapped = PageRange.HugePage,
            Expected = CollapsedFile with { Content = "512 original" },
            Because = PoisonRetracted,
        },
        Shmem("pinned first page", Whole(Present)) with { Pinned = new(0, 1), Expected = Refused(TryAgain, "not_suitable_page_count") },
        Shmem("pinned last page", Whole(Present)) with { Pinned = new(511, 1), Expected = Refused(TryAgain, "not_suitable_page_count") },
        Shmem("no room in the memory cgroup", Whole(Present)) with
        {
            ChargeDenied = true,
            Expected = Refused(Busy, "ccgroup_charge_failed"),
        },

        PrivateShmem("full", Whole(Present)),
        PrivateShmem("empty") with { Expected = Refused(Invalid, "truncated"), Because = AllHoles },
        PrivateShmem("every page in the cache only", Whole(Cached)) with { DiffersBetweenKernels = true },
        PrivateShmem("a private copy of one page", Whole(Present)) with
        {
            Rewritten = new(255, 1),
            Expected = OnlyInTheCache() with { Table = "255 none, 1 present, 256 none" },
            Because = PrivateCopies,
        },
        PrivateShmem("private copies of every page", Whole(Present)) with
        {
            Rewritten = PageRange.HugePage,
            Expected = OnlyInTheCache(),
            Because = PrivateCopies,
        },
        PrivateShmem("private copies over holes") with
        {
            Rewritten = PageRange.HugePage,
            Expected = OnlyInTheCache(),
            Because = "the write that makes a private copy first fills the hole in the file (do_cow_fault); " + PrivateCopies,
        },
        PrivateShmem("existing_thps", Whole(HugeMapped)),
        PrivateShmem("a private copy of a page of a huge page", Whole(HugeMapped)) with
        {
            Rewritten = new(255, 1),
            Expected = OnlyInTheCache(),
            Because = PrivateCopies,
        },

        new("disk file, open for writing: full", CollapseMemory.Disk) { Pages = [Whole(Present)], Expected = Refused(Invalid) },
        new("disk file, read-only and executable: full", CollapseMemory.ReadOnlyDisk) { Pages = [Whole(Present)], Expected = Refused(Invalid) },
        new("hugetlb: never touched", CollapseMemory.Hugetlb) { Expected = Refused(Invalid), DiffersBetweenKernels = true },
        new("secret memory: never touched", CollapseMemory.Secret) { Expected = Refused(Invalid) },
    ];
}
