using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What must come of it, or the scenario has failed. What is left out may be anything.</summary>
internal sealed record Expectation
{
    /// <summary>The result of the last range that failed; SUCCEED if none did.</summary>
    public CollapseResult? Result { get; init; }

    /// <summary>The name of the errno of <c>MADV_COLLAPSE</c>, or 0.</summary>
    public string? Errno { get; init; }

    /// <summary>Whether the collapse is a kernel panic.</summary>
    public bool? KernelPanic { get; init; }

    /// <summary>How many 2 MiB ranges of the region the process maps by huge pages.</summary>
    public int? Huge { get; init; }

    /// <summary>How many of the region's pages are lost to poison, whole or in part.</summary>
    public int? LostPages { get; init; }
}
