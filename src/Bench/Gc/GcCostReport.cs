using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Gc;

/// <summary>What <c>bench gc</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record GcCostReport : IResult
{
    internal const string CurrentSchema = "copymc/bench-gc/1";

    public string Schema { get; init; } = CurrentSchema;
    public required DateTimeOffset StartedAt { get; init; }
    public required MachineReport Machine { get; init; }
    public required int Rounds { get; init; }
    public required long CopyBytes { get; init; }

    /// <summary>How much the other thread allocates before it collects generation 0 again.</summary>
    public required long BytesPerCollection { get; init; }

    public required IReadOnlyList<GcCostRow> Rows { get; init; }

    /// <summary>Of all rows together, and of what was between them.</summary>
    public required TraceReport Trace { get; init; }

    /// <summary>Whether every copy was complete and the engine allocated nothing.</summary>
    public required bool EveryCheckHeld { get; init; }
}
