using CopyMc.Bench.Documents;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tracing;

/// <summary>What the events of a benchmark show about the garbage collector and the copies.</summary>
/// <param name="File">The .nettrace file with the events, for PerfView, Visual Studio and dotnet-trace.</param>
/// <param name="Copies">Copies of more than 32 KiB, through the engine.</param>
/// <param name="Collections">Collections of generation 0, 1 and 2.</param>
/// <param name="AllocatedBytes">Bytes allocated by all threads, to about 100 KiB.</param>
/// <param name="AllocatedBytesInCopies">Bytes allocated by threads while they copied, to about 100 KiB.</param>
/// <param name="DuringCopies">Suspensions of all threads that were requested during a copy.</param>
/// <param name="Otherwise">The other suspensions.</param>
/// <param name="LostEvents">Events that were lost because they came too fast. The figures are then too low.</param>
internal sealed record TraceReport(
    string? File, long Copies, IReadOnlyList<int> Collections, long AllocatedBytes, long AllocatedBytesInCopies, SuspensionCost DuringCopies,
    SuspensionCost Otherwise, long LostEvents)
{
    private static readonly string[] s_percentiles = ["p50", "p99", "max"];

    internal void Write(Document document)
    {
        document.Section("From the runtime's events");
        WriteCounts(document);
        document.TableAt([("trace.duringCopies", ("during a copy", DuringCopies)), ("trace.otherwise", ("otherwise", Otherwise))],
            (Columns<(string Name, SuspensionCost Cost)> table) => table
                .Words("all threads suspended", row => row.Name)
                .Figure("times", row => row.Cost.Count, Units.Whole, member: "Count")
                .Percentiles("wait", row => row.Cost.WaitNanoseconds, Units.Nanoseconds, s_percentiles, "WaitNanoseconds")
                .Percentiles("pause", row => row.Cost.PauseNanoseconds, Units.Nanoseconds, s_percentiles, "PauseNanoseconds"));
        document.Paragraph("Writing events slows what is measured: the better figures are those of a run without --trace.");
    }

    /// <summary>Writes how much was traced, and the name of the file.</summary>
    internal void WriteCounts(Document document)
    {
        document.Paragraph($"Traced: {Units.Count(Copies, "long copy", "long copies")}; {Units.Count(Collections[0], "collection")} of generation 0, "
            + $"{Collections[1]} of 1, {Collections[2]} of 2; {Units.Bytes(AllocatedBytes)} allocated, "
            + $"{Units.Bytes(AllocatedBytesInCopies)} of them by threads while they copied (to about 100 KiB)."
            + $"{(LostEvents > 0 ? $" {Units.Count(LostEvents, "event")} were lost because they came too fast: these figures are too low." : "")}");
        if (File is not null)
            document.Paragraph($"Events: {File}");
    }
}
