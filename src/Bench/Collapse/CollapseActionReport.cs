using CopyMc.Bench.Collapse.Scenarios;

namespace CopyMc.Bench.Collapse;

/// <summary>One collapse of a scenario.</summary>
internal sealed record CollapseActionReport
{
    public required CollapseMeans By { get; init; }
    public required int Process { get; init; }

    /// <summary>The region's number.</summary>
    public required int Region { get; init; }

    public required IReadOnlyList<RangeReport> Ranges { get; init; }

    /// <summary>The result of the last range that failed; SUCCEED if none did.</summary>
    public required string Result { get; init; }

    /// <summary>The name of what madvise(2) failed with, 0 if it did not; null: nobody called.</summary>
    public required string? Errno { get; init; }

    public required IReadOnlyList<InterleavedReport> Between { get; init; }
    public required RegionState Before { get; init; }
    public required RegionState After { get; init; }
    public required ContentReport Content { get; init; }

    /// <summary>What did not hold of the machine, before, between or after the steps: always empty, or there is a bug.</summary>
    public required IReadOnlyList<string> Violations { get; init; }
}
