using CopyMc.Bench.Documents;
using CopyMc.Bench.Report;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Recovery;

/// <summary>The result of <c>bench recovery</c>.</summary>
/// <param name="Rounds">Rounds in which every case was timed.</param>
/// <param name="Costs">The distributions, all of one interleaved run.</param>
/// <param name="Splits">Where the time of a recovery goes.</param>
/// <param name="WhenClean">What each method costs a copy without poison.</param>
/// <param name="Skipped">What was not measured.</param>
internal sealed record RecoveryCostReport(
    int Rounds, IReadOnlyList<CostRow> Costs, IReadOnlyList<SplitRow> Splits, ThroughputReport WhenClean, IReadOnlyList<SkippedCost> Skipped) : Result
{
    /// <summary>The median of the interquartile ranges of all ratios, as a percentage of the ratio: how noisy the run was.</summary>
    public double MedianSpreadPercent
    {
        get
        {
            double[] spreads = [.. Costs.Where(row => row.Role != CostRole.Floor && row.RatioToFloor is not null).Select(row => row.RatioToFloor!.Value.RelativeSpread)];
            return spreads.Length == 0 ? 0 : 100 * Quartiles.Of(spreads).Median;
        }
    }

    internal override void Write(Document document) => RecoveryCostText.Write(document, this);

    internal override IEnumerable<Timing> Timings() => [.. Timing.Of(this), .. Timing.Of(WhenClean)];
}
