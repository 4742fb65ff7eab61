using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>A machine, what is mapped there, and what happens: docs/collapse.md.</summary>
/// <remarks>
/// What has a value of its own is <c>set</c>, here and in what it is made of: the generated reader gives <c>init</c> members that a file
/// leaves out the type's default instead.
/// </remarks>
internal sealed record CollapseScenario
{
    public string? Description { get; init; }

    /// <summary>The kernel that is modelled.</summary>
    public KernelVersion Kernel { get; set; } = KernelVersion.Linux618;

    public MachineSetup Machine { get; set; } = new();
    public required IReadOnlyList<RegionSetup> Regions { get; init; }

    /// <summary>In their order.</summary>
    public required IReadOnlyList<ScenarioAction> Actions { get; init; }
}
