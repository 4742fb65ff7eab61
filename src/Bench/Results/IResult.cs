using CopyMc.Bench.Machine;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Results;

/// <summary>What every kind of result has.</summary>
internal interface IResult
{
    string Schema { get; }

    DateTimeOffset StartedAt { get; }

    /// <summary>On what it was measured; null where nothing was.</summary>
    MachineReport? Machine => null;

    /// <summary>What the events say; null where nothing was traced.</summary>
    TraceReport? Trace => null;
}
