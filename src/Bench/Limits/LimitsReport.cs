using CopyMc.Bench.Page;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Limits;

/// <summary>What <c>bench limits</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record LimitsReport : Result
{
    public required int Rounds { get; init; }
    public required IReadOnlyList<Limit> Limits { get; init; }

    internal override IEnumerable<IReportSection> Sections() => [new LimitsSection(this)];
}
