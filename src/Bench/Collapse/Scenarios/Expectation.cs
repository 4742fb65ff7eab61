using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What an action must lead to, or the scenario has failed. A member that is left out may be anything.</summary>
internal sealed record Expectation
{
    /// <summary>The result of the last range that failed; SUCCEED if none did.</summary>
    public CollapseResult? Result { get; init; }

    /// <summary>The errno of <c>MADV_COLLAPSE</c>.</summary>
    public Errno? Errno { get; init; }

    /// <summary>Whether the collapse is a kernel panic.</summary>
    public bool? KernelPanic { get; init; }

    /// <summary>How many 2 MiB ranges of the region the process maps by huge pages.</summary>
    [Bounds(0)]
    public int? Huge { get; init; }

    /// <summary>How many of the region's pages are lost to poison, whole or in part.</summary>
    [Bounds(0)]
    public int? LostPages { get; init; }
}
