using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.CollapseCost;

/// <summary>The cost of collapses and of a scan, for people.</summary>
internal static class CollapseCostText
{
    internal static void Write(IAnsiConsole console, CollapseCostReport report)
    {
        console.WriteLine($"Collapses of cold anonymous memory on a simulated machine, {report.RangesPerRound} of 2 MiB in each of {report.Rounds} rounds, "
            + "beside the engine's copy of as much between the same frames.");
        Table table = Tables.New("what", "us", "half", "ratio", "half");
        AddRow(table, "raw copy of 2 MiB", report.RawCopyMicroseconds, null);
        AddRow(table, "collapse, committed", report.CommitMicroseconds, report.CommitToRawCopy);
        foreach (AbortCost abort in report.Aborts)
            AddRow(table, $"collapse, page {abort.PoisonedPage} poisoned", abort.Microseconds, abort.BeyondPrefixToCommit);
        console.Write(table);
        console.WriteLine("Microseconds for one, medians and the middle half of the rounds. Ratio: of a committed collapse to the raw copy; of an abort, what "
            + "it costs beyond the raw copy of the pages before the poison, as a part of a committed collapse.");
        ScanCost scan = report.Scan;
        console.WriteLine();
        console.WriteLine($"Scan of {scan.Ranges} ranges, {scan.MemoryBytes >> 30} GiB of simulated memory whose content is not touched: "
            + $"{Units.Number(scan.RangesPerSecond.Median / 1e6)} million ranges per second, {scan.CollapsibleRanges} worth collapsing. "
            + $"Metadata: {scan.FrameBytes} bytes for a frame and {scan.EntryBytes} for its entry; this process grew by "
            + $"{Units.Number(scan.ResidentBytesPerPage)} bytes for each page of 4 KiB.");
        if (!report.EveryCheckHeld)
            console.WriteLine("A collapse did not end as it had to.");
    }

    private static void AddRow(Table table, string what, Quartiles microseconds, Quartiles? ratio) => table.AddRow(
        new Text(what),
        new Text(Units.Number(microseconds.Median)),
        new Text($"{Units.Number(microseconds.Lower)}-{Units.Number(microseconds.Upper)}"),
        new Text(ratio is { } median ? Units.Ratio(median.Median) : "", new Style(decoration: Decoration.Bold)),
        new Text(ratio is { } half ? $"{Units.Ratio(half.Lower)}-{Units.Ratio(half.Upper)}" : ""));
}
