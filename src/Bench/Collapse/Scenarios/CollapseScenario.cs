using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>A machine, what is mapped there, and what happens: docs/collapse.md.</summary>
internal sealed record CollapseScenario
{
    public string? Description { get; init; }

    /// <summary>The kernel that is modelled.</summary>
    public KernelVersion Kernel { get; init; } = KernelVersion.Linux618;

    public MachineSetup Machine { get; init; } = new();
    public required IReadOnlyList<RegionSetup> Regions { get; init; }

    /// <summary>In their order.</summary>
    public required IReadOnlyList<ScenarioAction> Actions { get; init; }
}
