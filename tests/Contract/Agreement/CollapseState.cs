using System.Collections.Immutable;

namespace CopyMc.Contract.Agreement;

/// <summary>
/// One situation of memory that MADV_COLLAPSE is asked to collapse, and what the kernel does with it. Pages are counted from a 2 MiB
/// boundary, which is page 0.
/// </summary>
/// <remarks>
/// It comes about in this order: the mapping is made and its pages are written, huge pages where the state has them; fork; then, by the
/// process that is to call, what is left: rewriting, dropping, markers, pins, truncation, advice, protection, the gap.
/// </remarks>
/// <param name="Name">The state's name, of which there is only one.</param>
/// <param name="Memory">What is mapped.</param>
public sealed record CollapseState(string Name, CollapseMemory Memory)
{
    /// <summary>The pages that one mapping covers.</summary>
    public PageRange Mapping { get; init; } = PageRange.HugePage;

    /// <summary>The pages that the call names.</summary>
    public PageRange Call { get; init; } = PageRange.HugePage;

    /// <summary>Pages unmapped again before the call.</summary>
    public PageRange Gap { get; init; }

    /// <summary>All pages that are not <see cref="PageState.Absent"/>; of two runs over one page the later one counts.</summary>
    public ImmutableArray<PageRun> Pages { get; init; } = [];

    /// <summary>Pages that the caller writes with generation 1 after the fork; in a private mapping of a file they become private copies.</summary>
    public PageRange Rewritten { get; init; }

    /// <summary>Pages that somebody else holds a reference to: they lie in a pipe (vmsplice).</summary>
    public PageRange Pinned { get; init; }

    /// <summary>Pages of the file that a second mapping, elsewhere in the same process, maps too.</summary>
    public PageRange AlsoMapped { get; init; }

    /// <summary>Pages under mlock; where not the whole mapping is, the VMA is split by it.</summary>
    public PageRange Locked { get; init; }

    /// <summary>The page of the file that page 0 shows.</summary>
    public int FileOffset { get; init; }

    /// <summary>The pages, counted from page 0, to which the file is truncated in the end; null: it holds the whole mapping.</summary>
    public int? FilePages { get; init; }

    /// <summary>The advice given.</summary>
    public MappingAdvice Advice { get; init; }

    /// <summary>The protection when the call is made.</summary>
    public MappingProtection Protection { get; init; }

    /// <summary>The registration when the call is made.</summary>
    public UserfaultfdRegistration Userfaultfd { get; init; }

    /// <summary>Whether there was a fork, and who calls.</summary>
    public ForkCaller Fork { get; init; }

    /// <summary>The process forbids itself transparent huge pages: prctl(PR_SET_THP_DISABLE).</summary>
    public bool ThpDisabled { get; init; }

    /// <summary>The memory cgroup has no room for a huge page.</summary>
    public bool ChargeDenied { get; init; }

    /// <summary>What the kernel does.</summary>
    public CollapseExpectation Expected { get; init; } = CollapseExpectation.Collapsed;

    /// <summary>Why, in the kernel's source, where it is not what one would expect.</summary>
    public string? Because { get; init; }

    /// <summary>Whether other kernels than the one it was recorded on are known to differ.</summary>
    public bool DiffersBetweenKernels { get; init; }

    /// <summary>Whether the memory is anonymous, no range of it is collapsed, and nothing is swapped in on the way.</summary>
    public bool IsRefusedBeforeAnything =>
        Memory == CollapseMemory.Anonymous && Expected.Ranges == RangesBefore && !Has(PageState.Swapped);

    /// <summary>The state of one page.</summary>
    public PageState this[int page] => Pages.LastOrDefault(run => run.Range.Contains(page)).State;

    /// <summary>Which 2 MiB ranges a PMD maps before the call: those where the state says so of every page, and nothing has split it.</summary>
    public string RangesBefore =>
        ProbeWord.List(Enumerable.Range(Mapping.First / 512, ((Mapping.End - 1) / 512) - (Mapping.First / 512) + 1).Select(RangeBefore));

    /// <summary>What the caller must read in every page of the mapping: <see cref="ProbeWord.Runs"/> of it.</summary>
    public string ExpectedContent => Expected.Content ?? ProbeWord.Runs(MappedPages.Select(ContentBefore));

    /// <summary>The same on the other side of the fork, or in the second mapping; null: there is neither.</summary>
    public string? ExpectedOtherContent =>
        Fork == ForkCaller.None && AlsoMapped.Count == 0 ? null : ProbeWord.Runs(MappedPages.Select(OtherContentBefore));

    private bool IsOfFile =>
        Memory is CollapseMemory.Shared or CollapseMemory.Private or CollapseMemory.Disk or CollapseMemory.ReadOnlyDisk;

    private IEnumerable<int> MappedPages => Enumerable.Range(Mapping.First, Mapping.Count);

    /// <summary>Whether any page is in this state.</summary>
    public bool Has(PageState page) => Pages.Any(run => run.State == page);

    /// <summary>What the caller would read in the page if nothing were collapsed.</summary>
    public PageContent ContentBefore(int page) => this[page] switch
    {
        _ when Gap.Contains(page) || page >= FilePages => PageContent.Unreadable,
        _ when Memory is CollapseMemory.Hugetlb or CollapseMemory.Secret => PageContent.Unreadable,
        PageState.Poisoned or PageState.HwPoisoned or PageState.Guarded => PageContent.Unreadable,
        _ when Rewritten.Contains(page) => PageContent.Rewritten,
        PageState.Dropped => IsOfFile ? PageContent.Original : PageContent.Zero,
        PageState.Absent or PageState.ZeroPage or PageState.HugeZeroPage or PageState.Punched => PageContent.Zero,
        _ => PageContent.Original,
    };

    /// <summary>What the other side of the fork, or the second mapping, would read in it: the caller's page table is not theirs.</summary>
    public PageContent OtherContentBefore(int page) => this[page] switch
    {
        _ when page >= FilePages => PageContent.Unreadable,
        _ when Rewritten.Contains(page) && Memory == CollapseMemory.Shared => PageContent.Rewritten,
        PageState.Absent or PageState.ZeroPage or PageState.HugeZeroPage or PageState.Punched => PageContent.Zero,
        _ => PageContent.Original,
    };

    /// <summary>The name: what a test's display shows.</summary>
    public override string ToString() => Name;

    private RangeMapping RangeBefore(int range) =>
        Enumerable.Range(range * 512, 512).All(IsMappedHuge) ? RangeMapping.Huge : RangeMapping.Small;

    private bool IsMappedHuge(int page) =>
        this[page] is PageState.HugeMapped or PageState.HugeZeroPage && !Rewritten.Contains(page) && !Gap.Contains(page) && !(page >= FilePages);
}
