using System.Collections.Immutable;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>
/// The states whose outcome is recorded: the scenarios of the kernel's own selftest (tools/testing/selftests/mm/khugepaged.c) as far as
/// MADV_COLLAPSE has them, and what that lacks: poison, guards, registration, pins, gaps.
/// </summary>
public static partial class CollapseStates
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<CollapseState> All { get; } = [.. Anonymous];

    /// <summary>The one of this name.</summary>
    public static CollapseState Named(string name) => All.Single(state => state.Name == name);

    private static PageRun Run(int first, int count, PageState state) => new(new PageRange(first, count), state);

    private static PageRun One(int page, PageState state) => Run(page, 1, state);

    private static PageRun Whole(PageState state) => Run(0, 512, state);
}
