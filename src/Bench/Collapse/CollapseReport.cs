using CopyMc.Bench.Results;

namespace CopyMc.Bench.Collapse;

/// <summary>What <c>collapse</c> did, as it is written with <c>--json</c>.</summary>
internal sealed record CollapseReport : IResult
{
    internal const string CurrentSchema = "copymc/collapse/1";

    public string Schema { get; init; } = CurrentSchema;
    public required DateTimeOffset StartedAt { get; init; }
    public required IReadOnlyList<ScenarioReport> Scenarios { get; init; }
    public required bool EveryCheckHeld { get; init; }
}
