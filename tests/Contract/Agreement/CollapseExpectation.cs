namespace CopyMc.Contract.Agreement;

/// <summary>What was recorded of a state.</summary>
/// <param name="Error">The errno.</param>
/// <param name="Ranges">Each 2 MiB range that the mapping reaches into, in words of <see cref="RangeMapping"/>: <c>huge, small</c>.</param>
/// <param name="Results">
/// The result of each range that the kernel looked into, as its tracepoints <c>mm_khugepaged_scan_pmd</c> and <c>mm_khugepaged_scan_file</c>
/// name it; empty: it refused before.
/// </param>
public sealed record CollapseExpectation(CollapseErrno Error, string Ranges, string Results)
{
    /// <summary>One range, collapsed.</summary>
    public static CollapseExpectation Collapsed { get; } = new(CollapseErrno.None, "huge", "succeeded");

    /// <summary>One range of a file, collapsed: traced before the page table follows, which is why the result names it.</summary>
    public static CollapseExpectation CollapsedFile { get; } = Collapsed with { Results = "pte_mapped_hugepage" };

    /// <summary>One range that a huge PMD maps already.</summary>
    public static CollapseExpectation HugeAlready { get; } = Collapsed with { Results = "page_pmd_mapped" };

    /// <summary>Runs of <see cref="PageContent"/> where the call changes what can be read; null: it does not.</summary>
    public string? Content { get; init; }

    /// <summary>
    /// The page table afterwards, in runs of <c>present</c>, <c>swap</c> (any entry that is not present) and <c>none</c>; null: all present
    /// after a collapse, as it was after a refusal.
    /// </summary>
    public string? Table { get; init; }

    /// <summary>One range, left as it was.</summary>
    public static CollapseExpectation Refused(CollapseErrno error, string results = "") => new(error, "small", results);

    /// <summary>One range of a file whose pages became a huge page, but whose page table did not follow.</summary>
    public static CollapseExpectation OnlyInTheCache(string results = "pte_mapped_hugepage") => new(CollapseErrno.Invalid, "folio", results);
}
