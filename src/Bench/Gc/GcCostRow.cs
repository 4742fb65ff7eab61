using CopyMc.Bench.Statistics;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Gc;

/// <summary>What the collector and one method of copying cost each other.</summary>
/// <param name="Method">The method.</param>
/// <param name="TransitionSuppressed">Whether the collector cannot suspend the thread before the copy returns, which .NET allows for short calls only.</param>
/// <param name="CopyMilliseconds">Milliseconds of a copy.</param>
/// <param name="AllocatedBytesPerCopy">Bytes that the copying thread allocated, exactly.</param>
/// <param name="DuringCopies">Suspensions that were requested during its copies.</param>
/// <param name="EveryCopyComplete">Whether all copies were complete.</param>
internal sealed record GcCostRow(
    string Method, bool TransitionSuppressed, Quartiles CopyMilliseconds, double AllocatedBytesPerCopy, SuspensionCost DuringCopies, bool EveryCopyComplete);
