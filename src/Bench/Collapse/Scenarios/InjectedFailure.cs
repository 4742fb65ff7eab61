using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>A failure that nothing in the machine brings about.</summary>
internal sealed record InjectedFailure
{
    public required FailurePoint Point { get; init; }

    /// <summary>Which time it comes there, counted from 1; this time alone fails.</summary>
    public int Nth { get; set; } = 1;
}
