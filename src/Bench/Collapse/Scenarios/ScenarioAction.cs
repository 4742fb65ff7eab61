using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Something that happens. Which members it may have depends on its kind: <see cref="ActionMembers"/>.</summary>
internal sealed record ScenarioAction
{
    public required ActionKind Do { get; init; }

    /// <summary>Counted from 0 as processes were made; the first by default.</summary>
    [Bounds(0)]
    public int? Process { get; init; }

    /// <summary>The region's name; the first by default.</summary>
    public string? Region { get; init; }

    /// <summary>The first page; the region's by default.</summary>
    public int? First { get; init; }

    /// <summary>Pages; by default the rest of the region.</summary>
    public int? Count { get; init; }

    public int? Page { get; init; }

    [Bounds(0, PageRun.LastLine)]
    public int? Line { get; init; }

    public PoisonKind? Kind { get; init; }
    public Advice? Advice { get; init; }

    /// <summary>The new length of a file.</summary>
    [Bounds(0, RegionSetup.MostFilePages)]
    public int? LengthPages { get; init; }

    public CollapseMeans? By { get; init; }
    public LimitsSetup? Limits { get; init; }

    /// <summary>What happens between the steps.</summary>
    public IReadOnlyList<InterleavedAction>? Between { get; init; }

    public IReadOnlyList<InjectedFailure>? Failures { get; init; }
    public Expectation? Expect { get; init; }
}
