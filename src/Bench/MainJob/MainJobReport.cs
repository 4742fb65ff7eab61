using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.MainJob;

/// <summary>What the main job found out, as it is written with <c>--json</c>.</summary>
internal sealed record MainJobReport : IResult
{
    internal const string CurrentSchema = "copymc/main-job/1";

    public string Schema { get; init; } = CurrentSchema;
    public required DateTimeOffset StartedAt { get; init; }
    public required MachineReport Machine { get; init; }
    public required ThroughputReport Throughput { get; init; }
    public required RecoveryReport Recovery { get; init; }
    public required double TotalSeconds { get; init; }
    public required bool EveryCheckHeld { get; init; }
}
