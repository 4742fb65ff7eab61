namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What the process said of huge pages with <c>madvise(2)</c>.</summary>
internal enum RegionAdvice
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary><c>MADV_HUGEPAGE</c>.</summary>
    HugePage,

    /// <summary><c>MADV_NOHUGEPAGE</c>.</summary>
    NoHugePage,
}
