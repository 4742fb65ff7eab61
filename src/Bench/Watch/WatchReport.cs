using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Watch;

/// <summary>The result of <c>watch</c>.</summary>
/// <param name="ProcessId">The number of the process.</param>
/// <param name="ProcessName">Its name.</param>
/// <param name="IntervalSeconds">How often the figures were read.</param>
/// <param name="Readings">The figures.</param>
/// <param name="Faults">The first copies that signals stopped; there may have been more.</param>
/// <param name="FaultCount">How many copies signals stopped during the watch.</param>
/// <param name="Handlers">Signal handlers that the kernel called instead of the engine's.</param>
/// <param name="Dump">The dump that was written; null: no dump was asked for, or no poison was hit.</param>
/// <param name="ProcessEnded">Whether the process ended during the watch.</param>
/// <param name="ProcessFellSilent">Whether the process stopped answering, so that its last figures are missing.</param>
internal sealed record WatchReport(
    int ProcessId, string ProcessName, double IntervalSeconds, IReadOnlyList<WatchReading> Readings, IReadOnlyList<WatchedFault> Faults, long FaultCount,
    IReadOnlyList<WatchedHandler> Handlers, string? Dump, bool ProcessEnded, bool ProcessFellSilent) : Result
{
    /// <summary>A longer table would not be read.</summary>
    private const int MostFaults = 50;

    internal override void Write(Document document)
    {
        document.Section("A watched process");
        document.Paragraph($"{ProcessName}, process {ProcessId}, from {StartedAt:yyyy-MM-dd HH:mm:ss} UTC. {WatchText.Summary(this)}");
        if (Readings.Count == 0)
            return;
        document.Plot(
            "Throughput, and when poison was hit", size => WatchPlot.Draw(size, Readings), ["GiB/s copied, over three seconds"], ("poison was hit", "line mark"));
        WatchReading last = Readings[^1];
        (string Name, string Member, double Value)[] figures =
        [
            ("copied", "copiedBytes", last.CopiedBytes), ("copies", "copies", last.Copies), ("hits: known poison", "hits.knownPoison", last.Hits.KnownPoison),
            ("hits: machine check", "hits.machineChecks", last.Hits.MachineChecks), ("hits: bus error", "hits.busErrors", last.Hits.BusErrors),
            ("hits: access violation", "hits.accessViolations", last.Hits.AccessViolations),
            ("collapses committed", "committedCollapses", last.CommittedCollapses), ("collapses aborted", "abortedCollapses", last.AbortedCollapses),
        ];
        document.TableAt(figures.Select(figure => ($"readings[{Readings.Count - 1}]", figure)), (Columns<(string Name, string Member, double Value)> table) => table
            .Words("in the end", figure => figure.Name)
            .Text("", figure => $"{new Figure(figure.Member, figure.Value, figure.Member == "copiedBytes" ? MiB : Units.Whole)}"));
        if (Handlers.Count > 0)
        {
            document.Heading("Other signal handlers");
            document.TableAt(Handlers.Select((handler, i) => ($"handlers[{i}]", handler)), (Columns<WatchedHandler> table) => table
                .Words("after", handler => $"{Figure.Of(handler.Seconds, Units.Number)} s")
                .Words("", handler => WatchText.Describe(handler)));
        }
        if (FaultCount == 0)
            return;
        document.Heading("Faults");
        document.TableAt(Faults.Take(MostFaults).Select((fault, i) => ($"faults[{i}]", fault)), (Columns<WatchedFault> table) => table
            .Words("after", fault => $"{Figure.Of(fault.Seconds, Units.Number)} s")
            .Words("kind", fault => fault.Kind.ToString())
            .Words("side", fault => fault.Side.ToString())
            .Text("address", fault => fault.Address)
            .Text("lost", fault => Units.Bytes(fault.ExtentBytes)));
        if (FaultCount > MostFaults)
            document.Paragraph($"The first {MostFaults} of {Units.Whole(FaultCount)}.");
    }

    private static string MiB(double bytes) => $"{Units.Whole(Math.Round(bytes / (1 << 20)))} MiB";
}
