using System.Globalization;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;
using Spectre.Console;

namespace CopyMc.Bench.Gc;

/// <summary>What the collector and long copies cost each other, for people.</summary>
internal static class GcCostText
{
    /// <summary>What the words of the table mean.</summary>
    internal const string Meaning = "Stops: suspensions of all threads that the collector asked for while a copy was under way. Wait: from when it asked until all stood "
        + "still, which is what it waits because of the copy. With the transition suppressed nobody can stop the copying thread: so it would be if the "
        + "engine called its kernels that way. Allocated: by the copying thread, for each copy.";

    internal static string Conditions(GcCostReport report) =>
        $"{report.Rounds} copies of {Units.Bytes(report.CopyBytes)} by each, in turns, beside a thread that allocates and collects generation 0 "
        + $"after each {Units.Bytes(report.BytesPerCollection)}; from the runtime's own events.";

    internal static void Write(IAnsiConsole console, GcCostReport report)
    {
        console.WriteLine(Conditions(report));
        Table table = Tables.New("copies by", "copy", "allocated", "stops", "wait p50", "p90", "p99", "max");
        foreach (GcCostRow row in report.Rows)
        {
            Latencies? wait = row.DuringCopies.WaitNanoseconds;
            table.AddRow(
                new Text(row.Method),
                new Text(Units.Time(row.CopyMilliseconds.Median * 1e3)),
                new Text($"{row.AllocatedBytesPerCopy.ToString("0.#", CultureInfo.InvariantCulture)} B"),
                new Text(row.DuringCopies.Count.ToString(CultureInfo.InvariantCulture)),
                new Text(TraceText.Time(wait?.P50)),
                new Text(TraceText.Time(wait?.P90)),
                new Text(TraceText.Time(wait?.P99), new Style(decoration: Decoration.Bold)),
                new Text(TraceText.Time(wait?.Max)));
        }
        console.Write(table);
        console.WriteLine(Meaning);
        TraceText.WriteCounts(console, report.Trace!);
    }
}
