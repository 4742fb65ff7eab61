using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Limits;

/// <summary>What <c>bench limits</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record LimitsReport : IResult
{
    internal const string CurrentSchema = "copymc/bench-limits/1";

    public string Schema { get; init; } = CurrentSchema;
    public required DateTimeOffset StartedAt { get; init; }
    public required MachineReport Machine { get; init; }
    public required int Rounds { get; init; }
    public required IReadOnlyList<Limit> Limits { get; init; }
    public required double TotalSeconds { get; init; }

    /// <summary>With <c>--trace</c>: what the events say.</summary>
    public TraceReport? Trace { get; init; }
}
