namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Who collapses.</summary>
internal enum CollapseMeans
{
    /// <summary>The agent, with its limits and its look at which pages are used: one pass through all processes.</summary>
    Khugepaged,

    /// <summary>The process, with <c>MADV_COLLAPSE</c>.</summary>
    Madvise,
}
