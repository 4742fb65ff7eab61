using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Probe;

/// <summary>What <c>probe</c> found, as it is written with <c>--json</c>.</summary>
internal sealed record ProbeReport : IResult
{
    internal const string CurrentSchema = "copymc/probe/1";

    public string Schema { get; init; } = CurrentSchema;
    public required DateTimeOffset StartedAt { get; init; }
    public required MachineReport Machine { get; init; }
}
