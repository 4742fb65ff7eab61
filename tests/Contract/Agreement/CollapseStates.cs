using System.Collections.Immutable;

namespace CopyMc.Contract.Agreement;

/// <summary>
/// The states whose outcome is recorded: the scenarios of the kernel's own selftest (tools/testing/selftests/mm/khugepaged.c) as far as
/// MADV_COLLAPSE has them, by their names there, and what that lacks: poison, guards, registration, pins, gaps.
/// </summary>
public static partial class CollapseStates
{
    /// <summary>The kernel it was recorded on: the beginning of its release.</summary>
    public const string RecordedOn = "6.18.";

    /// <summary>All of them.</summary>
    public static ImmutableArray<CollapseState> All { get; } = [.. Anonymous, .. Forked, .. Markers, .. Mappings, .. Files];

    /// <summary>The one of this name.</summary>
    public static CollapseState Named(string name) => All.Single(state => state.Name == name);

    private static CollapseState Anon(string name, params ReadOnlySpan<PageRun> pages) =>
        new($"anonymous: {name}", CollapseMemory.Anonymous) { Pages = [.. pages] };

    private static CollapseState Shmem(string name, params ReadOnlySpan<PageRun> pages) =>
        new($"shmem: {name}", CollapseMemory.Shared) { Pages = [.. pages], Expected = CollapseExpectation.CollapsedFile };

    private static CollapseState PrivateShmem(string name, params ReadOnlySpan<PageRun> pages) =>
        new($"private shmem: {name}", CollapseMemory.Private) { Pages = [.. pages], Expected = CollapseExpectation.CollapsedFile };

    private static PageRun Run(int first, int count, PageState state) => new(new PageRange(first, count), state);

    private static PageRun One(int page, PageState state) => Run(page, 1, state);

    private static PageRun Whole(PageState state) => Run(0, 512, state);
}
