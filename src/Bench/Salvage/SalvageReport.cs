using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Salvage;

/// <summary>What <c>bench salvage</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record SalvageReport : IResult
{
    internal const string CurrentSchema = "copymc/bench-salvage/1";

    public string Schema { get; init; } = CurrentSchema;
    public required DateTimeOffset StartedAt { get; init; }
    public required MachineReport Machine { get; init; }

    /// <summary>How often all took turns.</summary>
    public required int Rounds { get; init; }
    public required PoisonSource Poison { get; init; }

    /// <summary>A copy of 2 MiB that meets nothing.</summary>
    public required Quartiles CleanCopyMicroseconds { get; init; }

    /// <summary>A load that raises SIGBUS, and a handler that steps over it.</summary>
    public required Quartiles FloorFaultMicroseconds { get; init; }
    public required IReadOnlyList<SalvageRow> Salvages { get; init; }
    public required double TotalSeconds { get; init; }
    public required bool EveryCheckHeld { get; init; }

    /// <summary>With <c>--trace</c>: what the events say.</summary>
    public TraceReport? Trace { get; init; }
}
