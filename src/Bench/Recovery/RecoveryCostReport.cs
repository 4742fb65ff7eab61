using CopyMc.Bench.Page;
using CopyMc.Bench.Report;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Recovery;

/// <summary>What <c>bench recovery</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record RecoveryCostReport : Result
{
    /// <summary>How often all took turns.</summary>
    public required int Rounds { get; init; }

    /// <summary>Distributions, all of one interleaved run.</summary>
    public required IReadOnlyList<CostRow> Costs { get; init; }
    public required IReadOnlyList<SplitRow> Splits { get; init; }

    /// <summary>What each method costs a copy that meets nothing.</summary>
    public required ThroughputReport WhenClean { get; init; }
    public required IReadOnlyList<SkippedCost> Skipped { get; init; }

    /// <summary>The middle one of all ratios' interquartile ranges, as a percentage of the ratio: how noisy the run was.</summary>
    public double MedianSpreadPercent
    {
        get
        {
            double[] spreads = [.. Costs.Where(row => row.Role != CostRole.Floor && row.RatioToFloor is not null).Select(row => row.RatioToFloor!.Value.RelativeSpread)];
            return spreads.Length == 0 ? 0 : 100 * Quartiles.Of(spreads).Median;
        }
    }

    internal override IEnumerable<IReportSection> Sections() =>
    [
        new RecoveryCostSection(this),
        new ThroughputSection("What each costs a copy that meets nothing", WhenClean, "whenClean", Machine),
    ];

    internal override IEnumerable<Timing> Timings() => [.. Timing.Of(this), .. Timing.Of(WhenClean)];
}
