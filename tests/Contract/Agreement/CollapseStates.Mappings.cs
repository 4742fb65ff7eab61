using static CopyMc.Contract.Agreement.CollapseErrno;
using static CopyMc.Contract.Agreement.CollapseExpectation;
using static CopyMc.Contract.Agreement.PageState;

namespace CopyMc.Contract.Agreement;

public static partial class CollapseStates
{
    private const string NoAlignedRange = "no aligned 2 MiB lies in the VMA, which makes it ineligible (thp_vma_suitable_order)";

    private const string NotAllowed = "whether huge pages are allowed is asked before whether they are there (__thp_vma_allowable_orders)";

    /// <summary>What the mapping allows, where it lies, and what the call names of it.</summary>
    private static IEnumerable<CollapseState> Mappings =>
    [
        Anon("advised NOHUGEPAGE", Whole(Present)) with { Advice = MappingAdvice.NoHuge, Expected = Refused(Invalid) },
        Anon("advised HUGEPAGE", Whole(Present)) with { Advice = MappingAdvice.Huge },
        Anon("huge already, advised NOHUGEPAGE", Whole(HugeMapped)) with
        {
            Advice = MappingAdvice.NoHuge,
            Expected = new(Invalid, "huge", ""),
            Because = NotAllowed,
        },
        Anon("huge pages forbidden to the process", Whole(Present)) with { ThpDisabled = true, Expected = Refused(Invalid) },
        Anon("huge already, then forbidden to the process", Whole(HugeMapped)) with
        {
            ThpDisabled = true,
            Expected = new(Invalid, "huge", ""),
            Because = NotAllowed,
        },
        Anon("PROT_NONE", Whole(Present)) with { Protection = MappingProtection.None, DiffersBetweenKernels = true },
        Anon("PROT_NONE, never touched") with { Protection = MappingProtection.None, Expected = Refused(Invalid) },
        Anon("read-only", Whole(Present)) with { Protection = MappingProtection.ReadOnly, DiffersBetweenKernels = true },
        Anon("locked", Whole(Present)) with { Locked = PageRange.HugePage },
        Anon("locked in part", Whole(Present)) with { Locked = new(0, 256), Expected = Refused(Invalid), Because = NoAlignedRange },

        Anon("a mapping one page short", Run(0, 511, Present)) with
        {
            Mapping = new(0, 511),
            Call = new(0, 511),
            Expected = Refused(Invalid),
            Because = NoAlignedRange,
        },
        Anon("a mapping one page short of the call", Run(0, 511, Present)) with
        {
            Mapping = new(0, 511),
            Expected = Refused(Invalid),
            Because = NoAlignedRange + "; the ENOMEM of the missing page comes only after the mapped part succeeded",
        },
        Anon("a mapping of 2 MiB across a boundary", Run(256, 512, Present)) with
        {
            Mapping = new(256, 512),
            Call = new(256, 512),
            Expected = Refused(Invalid) with { Ranges = "small, small" },
            Because = NoAlignedRange,
        },
        Anon("one range and a half on either side", Run(256, 1024, Present)) with
        {
            Mapping = new(256, 1024),
            Call = new(256, 1024),
            Expected = Collapsed with { Ranges = "small, huge, small" },
        },
        Anon("the call names 2 MiB across a boundary", Run(0, 1024, Present)) with
        {
            Mapping = new(0, 1024),
            Call = new(256, 512),
            Expected = new(CollapseErrno.None, "small, small", ""),
            Because = "rounded inwards the call is empty: no range failed (madvise_collapse)",
        },
        Anon("the call names the first page", Whole(Present)) with
        {
            Call = new(0, 1),
            Expected = Refused(CollapseErrno.None),
            Because = "rounded inwards the call is empty: no range failed (madvise_collapse)",
        },
        Anon("the call names all but the first page", Whole(Present)) with
        {
            Call = new(1, 511),
            Expected = Refused(CollapseErrno.None),
            Because = "rounded inwards the call is empty: no range failed (madvise_collapse)",
        },
        Anon("the call names all but the first and last page", Whole(Present)) with
        {
            Call = new(1, 510),
            Expected = Refused(Invalid),
            Because = "rounded inwards the call ends 2 MiB before it begins, and no range collapsed is not -1 (the last comparison in madvise_collapse)",
        },
        Anon("the call reaches beyond the mapping", Whole(Present)) with
        {
            Call = new(0, 1024),
            Expected = Collapsed with { Error = NoMemory },
        },
        Anon("the call begins before the mapping", Run(512, 512, Present)) with
        {
            Mapping = new(512, 512),
            Call = new(0, 1024),
            Expected = Collapsed with { Error = NoMemory },
        },
        Anon("nothing is mapped", Whole(Present)) with { Gap = PageRange.HugePage, Expected = Refused(NoMemory) },

        Anon("full, four ranges", Run(0, 2048, Present)) with
        {
            Mapping = new(0, 2048),
            Call = new(0, 2048),
            Expected = new(CollapseErrno.None, "huge, huge, huge, huge", "succeeded, succeeded, succeeded, succeeded"),
        },
        Anon("three ranges, the second huge already", Run(0, 1536, Present), Run(512, 512, HugeMapped)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Expected = new(CollapseErrno.None, "huge, huge, huge", "succeeded, page_pmd_mapped, succeeded"),
        },
        Anon("three ranges, the second never touched", Run(0, 512, Present), Run(1024, 512, Present)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Expected = new(Invalid, "huge, small, small", "succeeded, pmd_none"),
            Because = "SCAN_PMD_NONE is not among the results after which madvise_collapse carries on (later kernels fold it into one that is)",
            DiffersBetweenKernels = true,
        },
        Anon("three ranges, poison in the second", Run(0, 1536, Present), One(600, Poisoned)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Expected = new(Invalid, "huge, small, small", "succeeded, failed"),
            Because = "SCAN_FAIL ends the call (madvise_collapse)",
        },
        Anon("three ranges, a pin in the first", Run(0, 1536, Present)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Pinned = new(0, 1),
            Expected = new(TryAgain, "small, huge, huge", "not_suitable_page_count, succeeded, succeeded"),
            Because = "SCAN_PAGE_COUNT does not end the call: it is remembered, and the other ranges are collapsed (madvise_collapse)",
        },
        Anon("three ranges, a write-protected page in the first", Run(0, 1536, Present), One(9, WriteProtected)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Userfaultfd = UserfaultfdRegistration.WriteProtect,
            Expected = new(Invalid, "small, huge, huge", "pte_uffd_wp, succeeded, succeeded"),
            Because = "SCAN_PTE_UFFD_WP does not end the call (madvise_collapse)",
        },
        Anon("three ranges, a page of the second unmapped", Run(0, 1536, Present)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Gap = new(600, 1),
            Expected = new(NoMemory, "huge, small, huge", "succeeded, succeeded"),
        },
        Anon("three ranges, the second unmapped", Run(0, 1536, Present)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Gap = new(512, 512),
            Expected = new(NoMemory, "huge, small, huge", "succeeded, succeeded"),
        },

        Shmem("advised NOHUGEPAGE", Whole(Present)) with { Advice = MappingAdvice.NoHuge, Expected = Refused(Invalid) },
        Shmem("huge already, advised NOHUGEPAGE", Whole(HugeMapped)) with
        {
            Advice = MappingAdvice.NoHuge,
            Expected = new(Invalid, "huge", ""),
            Because = NotAllowed,
        },
        Shmem("huge pages forbidden to the process", Whole(Present)) with { ThpDisabled = true, Expected = Refused(Invalid) },
        Shmem("PROT_NONE", Whole(Present)) with { Protection = MappingProtection.None },
        Shmem("read-only", Whole(Present)) with { Protection = MappingProtection.ReadOnly },
        Shmem("locked", Whole(Present)) with { Locked = PageRange.HugePage },
        Shmem("a mapping one page short", Run(0, 511, Present)) with
        {
            Mapping = new(0, 511),
            Call = new(0, 511),
            Expected = Refused(Invalid),
            Because = NoAlignedRange,
        },
        Shmem("page 0 shows page 1 of the file", Whole(Present)) with { FileOffset = 1, Expected = Refused(Invalid) },
        Shmem("page 0 shows page 512 of the file", Whole(Present)) with { FileOffset = 512 },
        Shmem("three ranges, the second a hole", Run(0, 512, Present), Run(1024, 512, Present)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Expected = new(Invalid, "huge, small, small", "pte_mapped_hugepage, truncated"),
            Because = "SCAN_TRUNCATED ends the call (madvise_collapse)",
        },
        Shmem("three ranges, a pin in the first", Run(0, 1536, Present)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Pinned = new(0, 1),
            Expected = new(TryAgain, "small, huge, huge", "not_suitable_page_count, pte_mapped_hugepage, pte_mapped_hugepage"),
            Because = "SCAN_PAGE_COUNT does not end the call: it is remembered, and the other ranges are collapsed (madvise_collapse)",
        },
        Shmem("three ranges, a page of the second unmapped", Run(0, 1536, Present)) with
        {
            Mapping = new(0, 1536),
            Call = new(0, 1536),
            Gap = new(600, 1),
            Expected = new(NoMemory, "huge, small, huge", "pte_mapped_hugepage, pte_mapped_hugepage"),
        },
    ];
}
