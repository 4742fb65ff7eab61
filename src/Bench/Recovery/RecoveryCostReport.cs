using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Throughput;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Recovery;

/// <summary>What <c>bench recovery</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record RecoveryCostReport : IResult
{
    internal const string CurrentSchema = "copymc/bench-recovery/1";

    public string Schema { get; init; } = CurrentSchema;
    public required DateTimeOffset StartedAt { get; init; }
    public required MachineReport Machine { get; init; }

    /// <summary>How often all took turns.</summary>
    public required int Rounds { get; init; }

    /// <summary>Distributions, all of one interleaved run.</summary>
    public required IReadOnlyList<CostRow> Costs { get; init; }
    public required IReadOnlyList<SplitRow> Splits { get; init; }

    /// <summary>What each method costs a copy that meets nothing.</summary>
    public required ThroughputReport WhenClean { get; init; }
    public required IReadOnlyList<SkippedCost> Skipped { get; init; }
    public required double TotalSeconds { get; init; }

    /// <summary>Of the engine; a peer may be wrong.</summary>
    public required bool EveryCheckHeld { get; init; }

    /// <summary>The middle one of all ratios' interquartile ranges, as a percentage of the ratio: how noisy the run was.</summary>
    public double MedianSpreadPercent
    {
        get
        {
            double[] spreads = [.. Costs.Where(row => row.Role != CostRole.Floor && row.RatioToFloor is not null).Select(row => row.RatioToFloor!.Value.RelativeSpread)];
            return spreads.Length == 0 ? 0 : 100 * Quartiles.Of(spreads).Median;
        }
    }

    /// <summary>With <c>--trace</c>: what the events say.</summary>
    public TraceReport? Trace { get; init; }
}
