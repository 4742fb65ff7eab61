using static CopyMc.Contract.Agreement.CollapseErrno;
using static CopyMc.Contract.Agreement.CollapseExpectation;
using static CopyMc.Contract.Agreement.PageState;

namespace CopyMc.Contract.Agreement;

public static partial class CollapseStates
{
    private const string Marker = "a marker counts as a swap entry in the scan; swapping it in fails (__collapse_huge_page_swapin, do_swap_page)";

    private const string HwPoisonEntry =
        "the hwpoison entry counts as a swap entry in the scan; swapping it in fails (do_swap_page: VM_FAULT_HWPOISON). Seen on Linux 6.12";

    private const string HwPoisonCached =
        "the page stays in the page cache, but memory_failure took it off the LRU (SCAN_PAGE_LRU). Seen on Linux 6.12";

    private const string PoisonRetracted =
        "collapse_file unmaps the pages, and retract_page_tables then drops the whole page table, markers and all: the poison is gone";

    private const string AnonVmaKeepsTable =
        "retract_page_tables leaves the page table of a VMA with an anon_vma, which planting the marker gave it; try_collapse_pte_mapped_thp then meets the marker (SCAN_PTE_NON_PRESENT)";

    private const string WriteProtectKeepsTable =
        "retract_page_tables and try_collapse_pte_mapped_thp leave the page table of a VMA registered for write protection (SCAN_PTE_UFFD_WP)";

    private const string MissingIsPromised = "a missing page must be reported, not filled: the one limit that MADV_COLLAPSE keeps to (userfaultfd_armed, userfaultfd_missing)";

    /// <summary>Markers in the page table: poison, guards, write protection; and the registration with userfaultfd that outlives them.</summary>
    private static IEnumerable<CollapseState> Markers =>
    [
        Anon("poison in the first page", Whole(Present), One(0, Poisoned)) with { Expected = Refused(Invalid, "failed"), Because = Marker },
        Anon("poison in the middle page", Whole(Present), One(255, Poisoned)) with
        {
            Expected = Refused(Invalid, "failed"),
            Because = Marker,
        },
        Anon("poison in the last page", Whole(Present), One(511, Poisoned)) with
        {
            Expected = Refused(Invalid, "failed"),
            Because = Marker,
        },
        Anon("poison in every page", Whole(Poisoned)) with { Expected = Refused(Invalid, "failed"), Because = Marker },
        Anon("poison and nothing else", One(255, Poisoned)) with { Expected = Refused(Invalid, "failed"), Because = Marker },
        Anon("poison behind swapped pages", Whole(Present), Run(0, 8, Swapped), One(511, Poisoned)) with
        {
            Expected = Refused(Invalid, "failed") with { Table = "511 present, 1 swap" },
            Because = Marker,
        },
        Anon("poison before swapped pages", Whole(Present), One(0, Poisoned), Run(504, 8, Swapped)) with
        {
            Expected = Refused(Invalid, "failed"),
            Because = Marker,
        },
        Anon("poison in a compound page", Whole(Compound), One(255, Poisoned)) with
        {
            Expected = Refused(Invalid, "failed"),
            Because = Marker,
        },
        Anon("poison, still registered", Whole(Present), One(255, Poisoned)) with
        {
            Userfaultfd = UserfaultfdRegistration.Missing,
            Expected = Refused(Invalid, "failed"),
            Because = Marker,
        },
        Anon("hardware poison in the first page", Whole(Present), One(0, HwPoisoned)) with { Expected = Refused(Invalid, "failed"), Because = HwPoisonEntry },
        Anon("hardware poison in the middle page", Whole(Present), One(255, HwPoisoned)) with
        {
            Expected = Refused(Invalid, "failed"),
            Because = HwPoisonEntry,
        },
        Anon("hardware poison in the last page", Whole(Present), One(511, HwPoisoned)) with
        {
            Expected = Refused(Invalid, "failed"),
            Because = HwPoisonEntry,
        },
        Anon("guard in the first page", Whole(Present), One(0, Guarded)) with { Expected = Refused(Invalid, "failed"), Because = Marker },
        Anon("guard in the middle page", Whole(Present), One(255, Guarded)) with
        {
            Expected = Refused(Invalid, "failed"),
            Because = Marker,
        },
        Anon("guard in the last page", Whole(Present), One(511, Guarded)) with { Expected = Refused(Invalid, "failed"), Because = Marker },
        Anon("guards in every page", Whole(Guarded)) with { Expected = Refused(Invalid, "failed"), Because = Marker },
        Anon("write-protected page", Whole(Present), One(255, WriteProtected)) with
        {
            Userfaultfd = UserfaultfdRegistration.WriteProtect,
            Expected = Refused(Invalid, "pte_uffd_wp"),
        },
        Anon("registered for write protection", Whole(Present)) with { Userfaultfd = UserfaultfdRegistration.WriteProtect },
        Anon("registered for missing pages", Whole(Present)) with { Userfaultfd = UserfaultfdRegistration.Missing },
        Anon("registered for missing pages, all swapped out", Whole(Swapped)) with { Userfaultfd = UserfaultfdRegistration.Missing },
        Anon("registered for missing pages, one is", Whole(Present), One(255, Dropped)) with
        {
            Userfaultfd = UserfaultfdRegistration.Missing,
            Expected = Refused(Busy, "exceed_none_pte"),
            Because = MissingIsPromised,
        },
        Anon("registered for missing pages, one is of zeros", Whole(Present), One(255, ZeroPage)) with
        {
            Userfaultfd = UserfaultfdRegistration.Missing,
            Expected = Refused(Busy, "exceed_none_pte"),
            Because = MissingIsPromised,
        },

        Shmem("poison in the first page", Whole(Present), One(0, Poisoned)) with
        {
            Expected = CollapsedFile with { Content = "512 original" },
            Because = PoisonRetracted,
        },
        Shmem("poison in the middle page", Whole(Present), One(255, Poisoned)) with
        {
            Expected = CollapsedFile with { Content = "512 original" },
            Because = PoisonRetracted,
        },
        Shmem("poison in the last page", Whole(Present), One(511, Poisoned)) with
        {
            Expected = CollapsedFile with { Content = "512 original" },
            Because = PoisonRetracted,
        },
        Shmem("poison in every page", Whole(Poisoned)) with
        {
            Expected = CollapsedFile with { Content = "512 original" },
            Because = PoisonRetracted,
        },
        Shmem("poison behind swapped pages", Whole(Present), Run(0, 8, Swapped), One(511, Poisoned)) with
        {
            Expected = CollapsedFile with { Content = "512 original" },
            Because = PoisonRetracted,
        },
        Shmem("poison in a huge page", Whole(HugeMapped), One(255, Poisoned)) with
        {
            Expected = OnlyInTheCache(),
            Because = "the file is huge already, so nothing is unmapped or retracted; try_collapse_pte_mapped_thp meets the marker (SCAN_PTE_NON_PRESENT)",
        },
        Shmem("poison, still registered", Whole(Present), One(255, Poisoned)) with
        {
            Userfaultfd = UserfaultfdRegistration.Missing,
            Expected = CollapsedFile with { Content = "512 original" },
            Because = PoisonRetracted,
        },
        Shmem("hardware poison in the first page", Whole(Present), One(0, HwPoisoned)) with
        {
            Expected = Refused(TryAgain, "page_not_in_lru"),
            Because = HwPoisonCached,
        },
        Shmem("hardware poison in the middle page", Whole(Present), One(255, HwPoisoned)) with
        {
            Expected = Refused(TryAgain, "page_not_in_lru"),
            Because = HwPoisonCached,
        },
        Shmem("hardware poison in the last page", Whole(Present), One(511, HwPoisoned)) with
        {
            Expected = Refused(TryAgain, "page_not_in_lru"),
            Because = HwPoisonCached,
        },
        Shmem("guard in the first page", Whole(Present), One(0, Guarded)) with
        {
            Expected = OnlyInTheCache() with { Table = "1 swap, 511 none" },
            Because = AnonVmaKeepsTable,
        },
        Shmem("guard in the middle page", Whole(Present), One(255, Guarded)) with
        {
            Expected = OnlyInTheCache() with { Table = "255 none, 1 swap, 256 none" },
            Because = AnonVmaKeepsTable,
        },
        Shmem("guard in the last page", Whole(Present), One(511, Guarded)) with
        {
            Expected = OnlyInTheCache() with { Table = "511 none, 1 swap" },
            Because = AnonVmaKeepsTable,
        },
        Shmem("write-protected page", Whole(Present), One(255, WriteProtected)) with
        {
            Userfaultfd = UserfaultfdRegistration.WriteProtect,
            Expected = OnlyInTheCache() with { Table = "255 none, 1 swap, 256 none" },
            Because = WriteProtectKeepsTable,
        },
        Shmem("registered for write protection", Whole(Present)) with
        {
            Userfaultfd = UserfaultfdRegistration.WriteProtect,
            Expected = OnlyInTheCache() with { Table = "512 none" },
            Because = WriteProtectKeepsTable,
        },
        Shmem("registered for missing pages", Whole(Present)) with
        {
            Userfaultfd = UserfaultfdRegistration.Missing,
            Expected = CollapsedFile,
        },
        Shmem("registered for missing pages, one is a hole", Whole(Present), One(255, Punched)) with
        {
            Userfaultfd = UserfaultfdRegistration.Missing,
            Expected = Refused(Busy, "exceed_none_pte") with { Table = "512 none" },
            Because = MissingIsPromised,
        },

        PrivateShmem("poison in the first page", Whole(Present), One(0, Poisoned)) with
        {
            Expected = OnlyInTheCache() with { Table = "1 swap, 511 none" },
            Because = AnonVmaKeepsTable,
        },
        PrivateShmem("poison in the middle page", Whole(Present), One(255, Poisoned)) with
        {
            Expected = OnlyInTheCache() with { Table = "255 none, 1 swap, 256 none" },
            Because = AnonVmaKeepsTable,
        },
        PrivateShmem("poison in the last page", Whole(Present), One(511, Poisoned)) with
        {
            Expected = OnlyInTheCache() with { Table = "511 none, 1 swap" },
            Because = AnonVmaKeepsTable,
        },
        PrivateShmem("guard in the middle page", Whole(Present), One(255, Guarded)) with
        {
            Expected = OnlyInTheCache() with { Table = "255 none, 1 swap, 256 none" },
            Because = AnonVmaKeepsTable,
        },
    ];
}
