using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Throughput.Quick;

/// <summary>What <c>bench quick</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record QuickReport : IResult
{
    internal const string CurrentSchema = "copymc/bench-quick/1";

    public string Schema { get; init; } = CurrentSchema;
    public required DateTimeOffset StartedAt { get; init; }
    public required MachineReport Machine { get; init; }
    public required ThroughputReport Throughput { get; init; }
    public required double TotalSeconds { get; init; }
    public required bool EveryCheckHeld { get; init; }

    /// <summary>With <c>--trace</c>: what the events say.</summary>
    public TraceReport? Trace { get; init; }
}
