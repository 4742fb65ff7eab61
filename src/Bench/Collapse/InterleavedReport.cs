using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse;

/// <summary>What became of an action that was to happen between the steps.</summary>
internal sealed record InterleavedReport
{
    public required CollapseStep At { get; init; }
    public required int Page { get; init; }
    public required ActionKind Do { get; init; }

    /// <summary>Before which step it happened; null: after the collapse, or not at all.</summary>
    public required CollapseStep? HappenedAt { get; init; }

    /// <summary>How it ended; null: its moment never came.</summary>
    public required string? Result { get; init; }
}
