using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>An action before a step of a collapse. If it has to wait for a lock, it is tried again before each later step.</summary>
internal sealed record InterleavedAction
{
    public required CollapseStep At { get; init; }

    /// <summary>Before which page of the step, where it goes page by page: swapIn, isolate, copy.</summary>
    [Bounds(0, 511)]
    public int Page { get; init; }

    /// <summary>In which of the ranges that are collapsed, counted from 0.</summary>
    [Bounds(0)]
    public int Range { get; init; }

    public required ScenarioAction Action { get; init; }
}
