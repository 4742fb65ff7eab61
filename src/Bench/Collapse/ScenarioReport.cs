using CopyMc.Bench.Collapse.Scenarios;

namespace CopyMc.Bench.Collapse;

/// <summary>What came of one scenario.</summary>
internal sealed record ScenarioReport
{
    /// <summary>The built-in's name, or the file's.</summary>
    public required string Name { get; init; }

    public required string? Description { get; init; }

    /// <summary>Of a built-in: who collapses.</summary>
    public required CollapseMeans? By { get; init; }

    /// <summary>Of a built-in: what is collapsed.</summary>
    public required MemoryKind? Memory { get; init; }

    /// <summary>The kernel that was modelled, as in 6.18.</summary>
    public required string Kernel { get; init; }

    /// <summary>The action, as a place in the scenario, whose copy of a poisoned page was a kernel panic, which ended the scenario; null: none.</summary>
    public required string? KernelPanic { get; init; }

    public required IReadOnlyList<CollapseActionReport> Collapses { get; init; }

    /// <summary>What was expected and is not so.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Why it could not run here; null: it ran.</summary>
    public required string? SkippedReason { get; init; }
}
