using CopyMc.Bench.Statistics;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Gc;

/// <summary>What the collector and one way to copy cost each other.</summary>
internal sealed record GcCostRow
{
    public required string Method { get; init; }

    /// <summary>Whether the copy is called as .NET must not call what takes long: the collector cannot stop its thread before it returns.</summary>
    public required bool TransitionSuppressed { get; init; }

    public required Quartiles CopyMilliseconds { get; init; }

    /// <summary>By the copying thread, to the byte.</summary>
    public required double AllocatedBytesPerCopy { get; init; }

    /// <summary>Suspensions that were asked for while it copied.</summary>
    public required SuspensionCost DuringCopies { get; init; }

    /// <summary>Whether all copies were complete.</summary>
    public required bool EveryCopyComplete { get; init; }
}
