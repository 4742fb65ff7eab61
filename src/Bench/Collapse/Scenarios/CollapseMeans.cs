namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Who collapses.</summary>
internal enum CollapseMeans
{
    /// <summary>The kernel thread, with its limits and its check of references: one pass through all processes.</summary>
    Khugepaged,

    /// <summary>The process, with <c>MADV_COLLAPSE</c>.</summary>
    Madvise,
}
