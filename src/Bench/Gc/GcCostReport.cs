using CopyMc.Bench.Page;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Gc;

/// <summary>What <c>bench gc</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record GcCostReport : Result
{
    public required int Rounds { get; init; }
    public required long CopyBytes { get; init; }

    /// <summary>How much the other thread allocates before it collects generation 0 again.</summary>
    public required long BytesPerCollection { get; init; }

    public required IReadOnlyList<GcCostRow> Rows { get; init; }

    internal override IEnumerable<IReportSection> Sections() => [new GcCostSection(this)];

    /// <summary>The rows tell apart what the trace adds up.</summary>
    internal override bool ShowsTrace => false;
}
