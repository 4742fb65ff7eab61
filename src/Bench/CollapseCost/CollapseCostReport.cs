using CopyMc.Bench.Page;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.CollapseCost;

/// <summary>What <c>bench collapse</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record CollapseCostReport : Result
{
    public required int Rounds { get; init; }

    /// <summary>2 MiB ranges collapsed one after the other in each round; as many are copied raw.</summary>
    public required int RangesPerRound { get; init; }

    /// <summary>Microseconds that the engine takes to copy 2 MiB between the same frames.</summary>
    public required Quartiles RawCopyMicroseconds { get; init; }

    /// <summary>Microseconds of a collapse that succeeds.</summary>
    public required Quartiles CommitMicroseconds { get; init; }

    /// <summary>The commit's time divided by the raw copy's of the same round.</summary>
    public required Quartiles CommitToRawCopy { get; init; }

    public required IReadOnlyList<AbortCost> Aborts { get; init; }

    public required ScanCost Scan { get; init; }

    internal override IEnumerable<IReportSection> Sections() => [new CollapseCostSection(this)];
}
