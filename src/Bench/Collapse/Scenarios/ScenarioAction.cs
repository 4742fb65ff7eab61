namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Something that happens. Which members mean something is a matter of what it is.</summary>
internal sealed record ScenarioAction
{
    public required ActionKind Do { get; init; }

    /// <summary>Counted from 0 as processes were made; the first by default.</summary>
    public int? Process { get; init; }

    /// <summary>The region's name; the first by default.</summary>
    public string? Region { get; init; }

    /// <summary>The first page; the region's by default.</summary>
    public int? First { get; init; }

    /// <summary>Pages; all the rest of the region by default.</summary>
    public int? Count { get; init; }

    public int? Page { get; init; }
    public int? Line { get; init; }
    public PoisonKind? Kind { get; init; }
    public RegionAdvice? Advice { get; init; }

    /// <summary>The pages that a file is to have.</summary>
    public int? LengthPages { get; init; }

    public CollapseMeans? By { get; init; }
    public LimitsSetup? Limits { get; init; }

    /// <summary>What happens between the steps.</summary>
    public IReadOnlyList<InterleavedAction>? Between { get; init; }

    public IReadOnlyList<InjectedFailure>? Failures { get; init; }
    public Expectation? Expect { get; init; }
}
