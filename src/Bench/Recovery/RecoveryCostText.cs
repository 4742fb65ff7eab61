using System.Globalization;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;
using Spectre.Console;

namespace CopyMc.Bench.Recovery;

/// <summary>Recovery cost as tables: one for each axis, the split, and what methods cost a copy that meets nothing.</summary>
internal static class RecoveryCostText
{
    internal static void Write(IAnsiConsole console, RecoveryCostReport report)
    {
        console.WriteLine($"Microseconds. {Conditions(report)}");
        foreach (CostAxis axis in CostAxis.Of(report))
            Write(console, axis);
        WriteSplits(console, report);
        foreach (string remark in Remarks(report))
            console.WriteLine(remark);
        SpreadNote.Write(console, "the ratios to the floor", report.Rounds, report.MedianSpreadPercent);
        console.WriteLine();
        console.WriteLine("What each costs a copy that meets nothing:");
        ThroughputText.Write(console, report.WhenClean);
    }

    /// <summary>What the figures mean, for whoever did not write the harness.</summary>
    internal static string Conditions(RecoveryCostReport report) =>
        $"Times of a copy of {Units.Bytes(report.Costs[0].CopyBytes)} that meets poison, less the median time of what lies before it; "
        + $"{report.Costs.Min(row => row.Samples)} samples a row or more, in {report.Rounds} rounds in which all take turns. The floor is a SIGBUS whose handler steps "
        + "over one load: a signal costs that, whoever handles it. x floor: medians within a round.";

    /// <summary>What was not measured and why, and who did not tell the truth.</summary>
    internal static IEnumerable<string> Remarks(RecoveryCostReport report) =>
    [
        .. report.Skipped.Select(skipped => $"Skipped: {skipped.What}: {skipped.Reason}."),
        .. report.Costs.Where(row => !row.Exact).Select(row =>
            $"{(row.Role == CostRole.Peer ? "Not exact" : "FAILED")}: {CostAxis.NameOf(row)}, {CostAxis.NameOf(row.Position)}: said that it did not copy "
            + $"{row.NotCopiedBytes} bytes, where {row.CopyBytes - row.PrefixBytes} could not be; {row.WrongBytes} of those it said it copied are wrong."),
    ];

    private static void Write(IAnsiConsole console, CostAxis axis)
    {
        Table table = Tables.New(axis.Name, "p50", "p90", "p99", "p99.9", "max", "x floor");
        foreach ((string name, CostRow row, int _) in axis.Rows)
        {
            // A time for a wrong answer is no time.
            Latencies time = row.RecoveryNanoseconds;
            string[] cells = row.Exact
                ? [.. new[] { time.P50, time.P90, time.P99, time.P999, time.Max }.Select(Microseconds), row.RatioToFloor is { } ratio ? Units.Ratio(ratio.Median) : ""]
                : ["wrong"];
            table.AddRow([name, .. cells]);
        }
        console.Write(table);
    }

    private static void WriteSplits(IAnsiConsole console, RecoveryCostReport report)
    {
        if (report.Splits.Count == 0)
            return;
        console.WriteLine("Where the time goes in native code (medians, microseconds): until the handler runs, in it, back to the copy, and what the copy "
            + "still does. The rest of a recovery is the call, the maps and their learning.");
        Table table = Tables.New("kernel", "bytes before", "delivery", "handler", "return", "tail", "total");
        foreach (SplitRow row in report.Splits)
        {
            table.AddRow(
                [
                    row.Method, row.PrefixBytes.ToString(CultureInfo.InvariantCulture),
                    .. new[] { row.DeliveryNanoseconds, row.HandlerNanoseconds, row.ReturnNanoseconds, row.TailNanoseconds, row.TotalNanoseconds }
                        .Select(part => Microseconds(part.P50)),
                ]);
        }
        console.Write(table);
    }

    private static string Microseconds(double nanoseconds) => Units.Number(nanoseconds / 1e3);
}
