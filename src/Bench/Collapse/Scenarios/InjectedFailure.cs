using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>A failure that no state of the machine causes.</summary>
internal sealed record InjectedFailure
{
    public required FailurePoint Point { get; init; }

    /// <summary>Which time it comes there, counted from 1; only this time fails.</summary>
    [Bounds(1)]
    public int Nth { get; init; } = 1;
}
