using CopyMc.Bench.Page;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Collapse;

/// <summary>What <c>collapse</c> did, as it is written with <c>--json</c>.</summary>
internal sealed record CollapseReport : Result
{
    public required IReadOnlyList<ScenarioReport> Scenarios { get; init; }

    internal override IEnumerable<IReportSection> Sections() => [new CollapseSection(this)];
}
