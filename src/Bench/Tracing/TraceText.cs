using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Tracing;

/// <summary>What a trace says, for people.</summary>
internal static class TraceText
{
    internal static void Write(IAnsiConsole console, TraceReport? trace)
    {
        if (trace is null)
            return;
        console.WriteLine();
        WriteCounts(console, trace);
        Table table = Tables.New("all threads stopped", "times", "wait p50", "p99", "max", "pause p50", "p99", "max");
        AddRow(table, "while a copy was under way", trace.DuringCopies);
        AddRow(table, "otherwise", trace.Otherwise);
        console.Write(table);
        console.WriteLine("Writing events slows what is measured: the better figures are those of a run without --trace.");
    }

    /// <summary>What there was, and where it is written.</summary>
    internal static void WriteCounts(IAnsiConsole console, TraceReport trace)
    {
        console.WriteLine(Counts(trace));
        if (trace.File is not null)
            console.WriteLine($"Events: {trace.File}");
    }

    internal static string Counts(TraceReport trace) =>
        $"Traced: {Units.Count(trace.Copies, "long copy", "long copies")}; {Units.Count(trace.Collections[0], "collection")} of generation 0, "
        + $"{trace.Collections[1]} of 1, {trace.Collections[2]} of 2; {Units.Bytes(trace.AllocatedBytes)} allocated, "
        + $"{Units.Bytes(trace.AllocatedBytesInCopies)} of them by threads while they copied (to about 100 KiB)."
        + (trace.LostEvents > 0 ? $" {Units.Count(trace.LostEvents, "event")} were lost, which came faster than they could be written: these figures are too low." : "");

    internal static string Time(double? nanoseconds) => nanoseconds is { } time ? Units.Time(time / 1e3) : "-";

    private static void AddRow(Table table, string what, SuspensionCost cost)
    {
        Latencies? wait = cost.WaitNanoseconds, pause = cost.PauseNanoseconds;
        table.AddRow(what, $"{cost.Count}", Time(wait?.P50), Time(wait?.P99), Time(wait?.Max), Time(pause?.P50), Time(pause?.P99), Time(pause?.Max));
    }
}
