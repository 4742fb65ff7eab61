using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Gc;

/// <summary>The result of <c>bench gc</c>.</summary>
/// <param name="Rounds">Copies by each method.</param>
/// <param name="CopyBytes">Bytes of one copy.</param>
/// <param name="BytesPerCollection">Bytes that the other thread allocates before it collects generation 0 again.</param>
/// <param name="Rows">The methods.</param>
internal sealed record GcCostReport(int Rounds, long CopyBytes, long BytesPerCollection, IReadOnlyList<GcCostRow> Rows) : Result
{
    /// <summary>The rows show it method by method.</summary>
    internal override bool ShowsTrace => false;

    internal override void Write(Document document)
    {
        document.Section("What the garbage collector waits");
        document.Paragraph($"{Rounds} copies of {Units.Bytes(CopyBytes)} by each method, in turns, beside a thread that allocates and collects generation 0 "
            + $"after each {Units.Bytes(BytesPerCollection)}; from the runtime's events.");
        document.Table(Rows, table => table
            .Words("copies by", row => row.Method)
            .Figure("copy", row => row.CopyMilliseconds.Median, Units.Milliseconds)
            .Figure("allocated", row => row.AllocatedBytesPerCopy, Units.Bytes)
            .Figure("stops", row => row.DuringCopies.Count, Units.Whole)
            .Percentiles("wait", row => row.DuringCopies.WaitNanoseconds, Units.Nanoseconds, ["p50", "p90", "p99", "max"]));
        document.Paragraph("Stops: suspensions of all threads that the collector requested during a copy. Wait: from the request until all threads were "
            + "suspended. With the transition suppressed the runtime cannot suspend the copying thread, as if the engine called its kernels that way. "
            + "Allocated: by the copying thread, for each copy.");
        Trace?.WriteCounts(document);
    }
}
