namespace CopyMc.Simulation;

/// <summary>The behaviour of the modelled kernel where kernels differ. <see cref="Differences"/> lists them; the model reads these properties, and never compares versions.</summary>
public sealed class KernelBehavior
{
    private readonly KernelVersion _kernel;

    internal KernelBehavior(KernelVersion kernel)
    {
        _kernel = kernel;
        CollapseRecoversFromPoison = Has(nameof(CollapseRecoversFromPoison));
        KeepsPagesWritable = Has(nameof(KeepsPagesWritable));
        KeepsHolesForUserfaultfd = Has(nameof(KeepsHolesForUserfaultfd));
        ReportsTooManyHolesAsBusy = Has(nameof(ReportsTooManyHolesAsBusy));
        ProtectsAbsentPages = Has(nameof(ProtectsAbsentPages));
        HasPoisonMarkers = Has(nameof(HasPoisonMarkers));
        RetractsEveryPageTable = Has(nameof(RetractsEveryPageTable));
        ThpDisableEndsCollapse = Has(nameof(ThpDisableEndsCollapse));
        EndsProtectionAtClose = Has(nameof(EndsProtectionAtClose));
        HasSeals = Has(nameof(HasSeals));
        CountsFoliosAsShared = Has(nameof(CountsFoliosAsShared));
        HasDroppableMemory = Has(nameof(HasDroppableMemory));
        ClearsProtectionAtMove = Has(nameof(ClearsProtectionAtMove));
        CopyFaultRecoversFromPoison = Has(nameof(CopyFaultRecoversFromPoison));
        RefusesToMapHugePages = Has(nameof(RefusesToMapHugePages));
        ReplacesHugeZeroPage = Has(nameof(ReplacesHugeZeroPage));
        HasGuards = Has(nameof(HasGuards));
        ReclaimsPageTables = Has(nameof(ReclaimsPageTables));
        HasGuardsInFiles = Has(nameof(HasGuardsInFiles));
        MovesSeveralAreas = Has(nameof(MovesSeveralAreas));
        CollapsesWithoutWritablePage = Has(nameof(CollapsesWithoutWritablePage));
        MapsHugePageWithoutTable = Has(nameof(MapsHugePageWithoutTable));
        MapsWholeFolioAround = Has(nameof(MapsWholeFolioAround));
        KeepsUserfaultfdFromDroppable = Has(nameof(KeepsUserfaultfdFromDroppable));
        CanExceptAdvisedAreas = Has(nameof(CanExceptAdvisedAreas));
        MarksAreasWithGuards = Has(nameof(MarksAreasWithGuards));
        GoesOnWithoutPageTable = Has(nameof(GoesOnWithoutPageTable));
        ReportsDirtyPages = Has(nameof(ReportsDirtyPages));
        WritesBackForCollapse = Has(nameof(WritesBackForCollapse));
        KeepsLazyFreePages = Has(nameof(KeepsLazyFreePages));
        AcceptsEmptyRange = Has(nameof(AcceptsEmptyRange));
        CollapsesFilesOpenForWriting = Has(nameof(CollapsesFilesOpenForWriting));
        RetriesPrivateData = Has(nameof(RetriesPrivateData));
        BudgetsEntries = Has(nameof(BudgetsEntries));
    }

    /// <summary>Every difference between the kernels that is modelled, by release.</summary>
    public static IReadOnlyList<KernelDifference> Differences { get; } =
    [
        new(
            nameof(KeepsPagesWritable), KernelVersion.Release(6, 3),
            "The end of userfaultfd's write protection makes every private page of the range read-only until it is written again.",
            "Pages that were not protected stay writable.",
            "mm/userfaultfd: rely on vma->vm_page_prot in uffd_wp_range() (931298e103c2)",
            KernelEvidence.Observed),
        new(
            nameof(CollapseRecoversFromPoison), KernelVersion.Linux604,
            "Poison met by the copy of a collapse is a kernel panic.",
            "The collapse ends in COPY_MC, and everything is as it was.",
            "mm/khugepaged: recover from poisoned anonymous memory (98c76c9f1ef7); mm/khugepaged: recover from poisoned file-backed memory (12904d953364)",
            KernelEvidence.Observed),
        new(
            nameof(KeepsHolesForUserfaultfd), KernelVersion.Linux604,
            "A collapse of shmem fills the holes of areas that are registered with userfaultfd for missing pages.",
            "It ends in EXCEED_NONE_PTE.",
            "mm/khugepaged: skip shmem with userfaultfd (ac492b9c70ca)",
            KernelEvidence.Source),
        new(
            nameof(ReportsTooManyHolesAsBusy), KernelVersion.Linux604,
            "MADV_COLLAPSE returns EINVAL for EXCEED_NONE_PTE.",
            "It returns EBUSY.",
            "mm/khugepaged: skip shmem with userfaultfd (ac492b9c70ca)",
            KernelEvidence.Source),
        new(
            nameof(ProtectsAbsentPages), KernelVersion.Linux604,
            "UFFD_FEATURE_WP_UNPOPULATED is unknown.",
            "With it, write protection covers absent pages of anonymous memory.",
            "mm/uffd: UFFD_FEATURE_WP_UNPOPULATED (2bad466cc9d9)",
            KernelEvidence.Source),
        new(
            nameof(HasPoisonMarkers), KernelVersion.Release(6, 6),
            "UFFDIO_POISON is EINVAL.",
            "It sets markers of poison.",
            "mm: userfaultfd: add new UFFDIO_POISON ioctl (fc71884a5f59)",
            KernelEvidence.Source),
        new(
            nameof(RetractsEveryPageTable), KernelVersion.Release(6, 6),
            "MADV_COLLAPSE of a file frees the page table of the caller alone, and returns EINVAL if the caller has none.",
            "It frees the page tables of all processes that map the range, and maps the huge page for the caller.",
            "mm/khugepaged: retract_page_tables() without mmap or vma lock (1d65b771bc08)",
            KernelEvidence.Source),
        new(
            nameof(ThpDisableEndsCollapse), KernelVersion.Release(6, 9),
            "PR_SET_THP_DISABLE during a collapse ends it in VMA_CHECK.",
            "It ends the collapse in ANY_PROCESS.",
            "mm/khugepaged: bypassing unnecessary scans with MMF_DISABLE_THP check (879c6000e191)",
            KernelEvidence.Source),
        new(
            nameof(EndsProtectionAtClose), KernelVersion.Release(6, 9),
            "Entries stay write-protected when their userfaultfd is closed.",
            "The protection ends with it.",
            "mm/userfaultfd: reset ptes when close() for wr-protected ones (c88033efe9a3)",
            KernelEvidence.Observed),
        new(
            nameof(HasSeals), KernelVersion.Release(6, 10),
            "mseal is ENOSYS.",
            "It seals areas.",
            "mseal: add mseal syscall (8be7258aad44)",
            KernelEvidence.Source),
        new(
            nameof(CountsFoliosAsShared), KernelVersion.Release(6, 10),
            "max_ptes_shared counts the pages of a large folio that are mapped more than once.",
            "It counts all pages of a large folio of which one process more maps a part.",
            "mm/khugepaged: replace page_mapcount() check by folio_likely_mapped_shared() (1bafe96e89f0)",
            KernelEvidence.Source),
        new(
            nameof(HasDroppableMemory), KernelVersion.Release(6, 11),
            "MAP_DROPPABLE is EINVAL.",
            "It maps memory that the kernel may take away.",
            "mm: add MAP_DROPPABLE for designating always lazily freeable mappings (9651fcedf7b9)",
            KernelEvidence.Source),
        new(
            nameof(ClearsProtectionAtMove), KernelVersion.Linux612,
            "mremap moves the write protection of entries along, where the registration stays behind.",
            "The protection ends there.",
            "mm: clear uffd-wp PTE/PMD state on mremap(); from 6.13, in 6.12 since a stable release",
            KernelEvidence.Observed),
        new(
            nameof(CopyFaultRecoversFromPoison), KernelVersion.Linux612,
            "Poison met by the copy for a store to a private mapping of a file, or by fork's copy of a pinned page, is a kernel panic.",
            "The store is SIGBUS, the fork fails.",
            "mm: support poison recovery from do_cow_fault() (aa549f923f5e); mm: support poison recovery from copy_present_page() (658be46520ce); both from 6.13, in 6.12 since a stable release",
            KernelEvidence.Source),
        new(
            nameof(RefusesToMapHugePages), KernelVersion.Linux612,
            "A fault maps the huge page of a file even where PR_SET_THP_DISABLE or MADV_NOHUGEPAGE forbid huge pages.",
            "It maps small pages there.",
            "mm: don't install PMD mappings when THPs are disabled by the hw/process/vma (2b0f922323cc)",
            KernelEvidence.Observed),
        new(
            nameof(ReplacesHugeZeroPage), KernelVersion.Release(6, 13),
            "A store to the huge zero page maps small pages in its place.",
            "It maps a huge page.",
            "mm: allocate THP on hugezeropage wp-fault (1ced09e0331f)",
            KernelEvidence.Observed),
        new(
            nameof(HasGuards), KernelVersion.Release(6, 13),
            "MADV_GUARD_INSTALL is EINVAL.",
            "It installs guards in anonymous memory.",
            "mm: madvise: implement lightweight guard page mechanism (662df3e5c376)",
            KernelEvidence.Observed),
        new(
            nameof(ReclaimsPageTables), KernelVersion.Release(6, 14),
            "MADV_DONTNEED over 2 MiB leaves an empty page table.",
            "It frees the page table (with CONFIG_PT_RECLAIM).",
            "mm: pgtable: reclaim empty PTE page in madvise(MADV_DONTNEED) (6375e95f381e)",
            KernelEvidence.Observed),
        new(
            nameof(HasGuardsInFiles), KernelVersion.Release(6, 15),
            "MADV_GUARD_INSTALL on a file or shmem is EINVAL.",
            "It installs guards there too.",
            "mm: allow guard regions in file-backed and read-only mappings (f807123d578d)",
            KernelEvidence.Source),
        new(
            nameof(MovesSeveralAreas), KernelVersion.Release(6, 17),
            "mremap of a range that reaches into another area is EFAULT.",
            "It moves the areas, with the gaps between them.",
            "mm/mremap: permit mremap() move of multiple VMAs",
            KernelEvidence.Observed),
        new(
            nameof(CollapsesWithoutWritablePage), KernelVersion.Linux618,
            "Anonymous memory without one writable page table entry is PAGE_RO: EINVAL.",
            "It is collapsed.",
            "mm: enable khugepaged anonymous collapse on non-writable regions (62b98015d988)",
            KernelEvidence.Observed),
        new(
            nameof(MapsHugePageWithoutTable), KernelVersion.Linux618,
            "MADV_COLLAPSE of a file is EINVAL where the process has no table of PMDs for the range; the file is collapsed all the same.",
            "The huge page is mapped.",
            "mm/khugepaged: do not fail collapse_pte_mapped_thp() on SCAN_PMD_NULL (f8a01513f574)",
            KernelEvidence.Observed),
        new(
            nameof(MapsWholeFolioAround), KernelVersion.Linux618,
            "A load from a large folio of a file that no PMD maps here maps 64 KiB of it.",
            "It maps all of the folio.",
            "mm/filemap: map entire large folio faultaround (357b92761d94)",
            KernelEvidence.Observed),
        new(
            nameof(KeepsUserfaultfdFromDroppable), KernelVersion.Linux618,
            "userfaultfd registers memory of MAP_DROPPABLE.",
            "It is EINVAL.",
            "userfaultfd: correctly prevent registering VM_DROPPABLE regions",
            KernelEvidence.Observed),
        new(
            nameof(CanExceptAdvisedAreas), KernelVersion.Linux618,
            "PR_THP_DISABLE_EXCEPT_ADVISED is EINVAL.",
            "It refuses huge pages except where they are advised.",
            "prctl: extend PR_SET_THP_DISABLE to optionally exclude VM_HUGEPAGE (9dc21bbd62ed)",
            KernelEvidence.Source),
        new(
            nameof(MarksAreasWithGuards), KernelVersion.Release(6, 19),
            "A guard gives its area an anon_vma, which keeps the page table when the file is collapsed.",
            "A guard marks its area (VM_MAYBE_GUARD), which does the same.",
            "mm: set the VM_MAYBE_GUARD flag on guard region install (49e14dabed7a)",
            KernelEvidence.Source),
        new(
            nameof(GoesOnWithoutPageTable), KernelVersion.Linux700,
            "A range without a page table is PMD_NONE, which ends the call, or PMD_NULL, which does not, where there is no table of PMDs either.",
            "It is NO_PTE_TABLE, and MADV_COLLAPSE goes on with the next range.",
            "mm/khugepaged: continue to collapse on SCAN_PMD_NONE; mm/khugepaged: unify SCAN_PMD_NONE and SCAN_PMD_NULL into SCAN_NO_PTE_TABLE",
            KernelEvidence.Source),
        new(
            nameof(ReportsDirtyPages), KernelVersion.Linux700,
            "A dirty page of a file, or one that is being written back, is FAIL: EINVAL.",
            "It is PAGE_DIRTY_OR_WRITEBACK: EAGAIN.",
            "mm/khugepaged: map dirty/writeback pages failures to EAGAIN (5173ae0a068d)",
            KernelEvidence.Source),
        new(
            nameof(WritesBackForCollapse), KernelVersion.Linux700,
            "MADV_COLLAPSE fails on a dirty page of a file.",
            "It writes the range back and tries once more.",
            "mm/khugepaged: retry with sync writeback for MADV_COLLAPSE (398556570e32)",
            KernelEvidence.Source),
        new(
            nameof(KeepsLazyFreePages), KernelVersion.Release(7, 2),
            "khugepaged collapses pages after MADV_FREE, which makes them ordinary memory.",
            "It ends in PAGE_LAZYFREE.",
            "mm: khugepaged: skip lazy-free folios",
            KernelEvidence.Source),
        new(
            nameof(CollapsesFilesOpenForWriting), KernelVersion.Release(7, 2),
            "A file that someone has open for writing is not collapsed; others only with CONFIG_READ_ONLY_THP_FOR_FS.",
            "A file is collapsed where its file system has huge pages, open for writing or not.",
            "mm/khugepaged: remove READ_ONLY_THP_FOR_FS check",
            KernelEvidence.Source),
        new(
            nameof(BudgetsEntries), KernelVersion.Release(7, 2),
            "Each 2 MiB range costs khugepaged 512 of its pages_to_scan.",
            "A range of anonymous memory costs as many as entries were looked at, a file that is huge already 1.",
            "mm: khugepaged: refine scan progress number",
            KernelEvidence.Source),
        new(
            nameof(AcceptsEmptyRange), KernelVersion.Linux703,
            "MADV_COLLAPSE of a range that has no 2 MiB boundary inside is EINVAL.",
            "It does nothing and returns 0.",
            "(the check hstart >= hend of madvise_collapse)",
            KernelEvidence.Source),
        new(
            nameof(RetriesPrivateData), KernelVersion.Linux703,
            "MADV_COLLAPSE returns EINVAL for PAGE_HAS_PRIVATE.",
            "It returns EAGAIN.",
            "mm/khugepaged: return -EAGAIN for SCAN_PAGE_HAS_PRIVATE in MADV_COLLAPSE",
            KernelEvidence.Source),
    ];

    /// <summary>A collapse that reads poison is undone.</summary>
    public bool CollapseRecoversFromPoison { get; }

    /// <summary>Pages stay writable when userfaultfd's write protection of their range ends.</summary>
    public bool KeepsPagesWritable { get; }

    /// <summary>A collapse of shmem does not fill holes that a userfaultfd watches.</summary>
    public bool KeepsHolesForUserfaultfd { get; }

    /// <summary><c>EXCEED_NONE_PTE</c> is <see cref="Errno.EBUSY"/>.</summary>
    public bool ReportsTooManyHolesAsBusy { get; }

    /// <summary>The kernel has <see cref="UserfaultfdFeatures.WriteProtectUnpopulated"/>.</summary>
    public bool ProtectsAbsentPages { get; }

    /// <summary>The kernel has <see cref="Userfaultfd.Poison"/>.</summary>
    public bool HasPoisonMarkers { get; }

    /// <summary>The collapse of a file frees the page tables of all processes.</summary>
    public bool RetractsEveryPageTable { get; }

    /// <summary>A process that refuses huge pages ends the collapse as its exit does.</summary>
    public bool ThpDisableEndsCollapse { get; }

    /// <summary>Closing a userfaultfd ends the write protection of entries, too.</summary>
    public bool EndsProtectionAtClose { get; }

    /// <summary>A range that <c>mremap(2)</c> moves out of its registration is not write-protected any more.</summary>
    public bool ClearsProtectionAtMove { get; }

    /// <summary>The kernel has <c>mseal(2)</c>.</summary>
    public bool HasSeals { get; }

    /// <summary>A page counts as shared if any part of its folio is shared.</summary>
    public bool CountsFoliosAsShared { get; }

    /// <summary>The kernel has <see cref="MapFlags.Droppable"/>.</summary>
    public bool HasDroppableMemory { get; }

    /// <summary>The copies of a store to a private mapping of a file, and of fork, recover from poison.</summary>
    public bool CopyFaultRecoversFromPoison { get; }

    /// <summary>If huge pages are forbidden, huge pages of files are mapped as small pages.</summary>
    public bool RefusesToMapHugePages { get; }

    /// <summary>A store to the huge zero page gets a huge page.</summary>
    public bool ReplacesHugeZeroPage { get; }

    /// <summary><c>mremap(2)</c> moves several areas.</summary>
    public bool MovesSeveralAreas { get; }

    /// <summary>The kernel has <see cref="Advice.GuardInstall"/> and <see cref="Advice.GuardRemove"/>.</summary>
    public bool HasGuards { get; }

    /// <summary>Dropping all pages of a page table frees the table.</summary>
    public bool ReclaimsPageTables { get; }

    /// <summary>Mappings of files can have guards.</summary>
    public bool HasGuardsInFiles { get; }

    /// <summary>Memory that cannot be written is collapsed.</summary>
    public bool CollapsesWithoutWritablePage { get; }

    /// <summary>The huge page of a file is mapped even if the process has no table of PMDs.</summary>
    public bool MapsHugePageWithoutTable { get; }

    /// <summary>A load maps all of a large folio, not only the pages around its own.</summary>
    public bool MapsWholeFolioAround { get; }

    /// <summary>Droppable memory cannot be registered with userfaultfd.</summary>
    public bool KeepsUserfaultfdFromDroppable { get; }

    /// <summary>The kernel has <see cref="ThpDisable.ExceptAdvised"/>.</summary>
    public bool CanExceptAdvisedAreas { get; }

    /// <summary>A guard marks its area and does not give it an anon_vma.</summary>
    public bool MarksAreasWithGuards { get; }

    /// <summary>A range without a page table does not end <c>MADV_COLLAPSE</c>.</summary>
    public bool GoesOnWithoutPageTable { get; }

    /// <summary>Dirty pages of files have their own result.</summary>
    public bool ReportsDirtyPages { get; }

    /// <summary><c>MADV_COLLAPSE</c> writes dirty pages of files back and tries again.</summary>
    public bool WritesBackForCollapse { get; }

    /// <summary>khugepaged does not collapse pages that <c>MADV_FREE</c> has freed lazily.</summary>
    public bool KeepsLazyFreePages { get; }

    /// <summary><c>MADV_COLLAPSE</c> of less than a huge page succeeds at any address.</summary>
    public bool AcceptsEmptyRange { get; }

    /// <summary>Files that are open for writing are collapsed.</summary>
    public bool CollapsesFilesOpenForWriting { get; }

    /// <summary><c>PAGE_HAS_PRIVATE</c> is <see cref="Errno.EAGAIN"/>.</summary>
    public bool RetriesPrivateData { get; }

    /// <summary>khugepaged's budget counts the entries that it scanned.</summary>
    public bool BudgetsEntries { get; }

    private bool Has(string name) => _kernel.IsAtLeast(Differences.Single(difference => difference.Name == name).Since);
}
