using CopyMc.Bench.Measurement;
using CopyMc.Bench.Recovery;
using CopyMc.Bench.RecoveryCost;
using Spectre.Console;

namespace CopyMc.Bench.Output;

/// <summary>Recovery cost as tables: one for each axis, the peers, the split, and what methods cost a copy that meets nothing.</summary>
internal static class RecoveryCostText
{
    internal static void Write(IAnsiConsole console, RecoveryCostReport report)
    {
        CostRow? origin = report.Costs.FirstOrDefault(row => row.Role == CostRole.Engine && row.Source != PoisonSource.Bitmap);
        console.WriteLine($"Microseconds of a copy of {Units.Bytes(report.Costs[0].CopyBytes)} that meets poison, less the median time of what lies before it"
            + (origin is null ? "." : $"; {origin.Samples} samples a row in {report.Rounds} rounds in which all take turns. The floor is a SIGBUS whose handler "
                + "steps over one load: a signal costs that, whoever handles it. x floor: medians within a round."));

        Write(console, "source of faults", report.Costs.Where(IsAt(PoisonPosition.FirstLine, PageKind.Small, 1))
            .Where(row => row.Role != CostRole.Peer && IsChosen(row, report)), row => $"{row.Source}, {Name(row)}");
        CostRow[] atBase = [.. report.Costs.Where(row => row.Source == BaseSource(report))];
        Write(console, "place of the poison, and peers", atBase.Where(row => row.Pages == PageKind.Small && row.Threads == 1 && row.Role != CostRole.Floor
            && IsChosen(row, report)), row => $"{Name(row.Position)}, {Name(row)}");
        Write(console, "kernel", atBase.Where(row => row.Role == CostRole.Engine).Where(IsAt(PoisonPosition.FirstLine, PageKind.Small, 1)), row => row.Kernel!);
        Write(console, "pages", atBase.Where(row => row.Role != CostRole.Peer && row.Threads == 1 && row.Position == PoisonPosition.FirstLine
            && IsChosen(row, report)), row => $"{row.Pages}, {Name(row)}");
        Write(console, "threads", atBase.Where(row => row.Role != CostRole.Peer && row.Pages == PageKind.Small && row.Position == PoisonPosition.FirstLine
            && IsChosen(row, report)), row => $"{row.Threads}, {Name(row)}");
        WriteSplits(console, report);
        foreach (SkippedCost skipped in report.Skipped)
            console.WriteLine($"Skipped: {skipped.What}: {skipped.Reason}.");
        foreach (CostRow wrong in report.Costs.Where(row => !row.Exact))
        {
            console.WriteLine($"{(wrong.Role == CostRole.Peer ? "Not exact" : "FAILED")}: {Name(wrong)}, {Name(wrong.Position)}: said that it did not copy {wrong.NotCopiedBytes} bytes, "
                + $"where {wrong.CopyBytes - wrong.PrefixBytes} could not be; {wrong.WrongBytes} of those it said it copied are wrong.");
        }
        console.WriteLine($"The middle half of the ratios to the floor spreads by {Units.Number(report.MedianSpreadPercent)} % (median)."
            + (report.MedianSpreadPercent > 100 * ThroughputReport.NoisySpread ? " That is a noisy machine: single figures say little." : ""));
        console.WriteLine();
        console.WriteLine("What each costs a copy that meets nothing:");
        ThroughputText.Write(console, report.WhenClean);
    }

    private static PoisonSource? BaseSource(RecoveryCostReport report) => report.Costs.FirstOrDefault(row => row.Position == PoisonPosition.LastLine)?.Source;

    private static bool IsChosen(CostRow row, RecoveryCostReport report) => row.Kernel is null || row.Kernel == report.Machine.ChosenKernel;

    private static Func<CostRow, bool> IsAt(PoisonPosition position, PageKind pages, int threads) =>
        row => row.Position == position && row.Pages == pages && row.Threads == threads;

    private static string Name(CostRow row) => row.Role == CostRole.Engine ? $"engine ({row.Kernel})" : row.Method;

    private static string Name(PoisonPosition position) => position switch
    {
        PoisonPosition.FirstLine => "first",
        PoisonPosition.MiddleLine => "middle",
        _ => "last",
    };

    private static void Write(IAnsiConsole console, string axis, IEnumerable<CostRow> rows, Func<CostRow, string> name)
    {
        Table table = Tables.New(axis, "p50", "p90", "p99", "p99.9", "max", "x floor");
        foreach (CostRow row in rows)
        {
            Latencies time = row.RecoveryNanoseconds;
            if (!row.Exact)
            {
                // A time for a wrong answer is no time.
                table.AddRow(name(row), "wrong");
                continue;
            }
            table.AddRow(
                [
                    name(row), .. new[] { time.P50, time.P90, time.P99, time.P999, time.Max }.Select(Microseconds),
                    row.RatioToFloor is { } ratio ? Units.Ratio(ratio.Median) : "",
                ]);
        }
        if (table.Rows.Count > 0)
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
                    row.Method, row.PrefixBytes.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    .. new[] { row.DeliveryNanoseconds, row.HandlerNanoseconds, row.ReturnNanoseconds, row.TailNanoseconds, row.TotalNanoseconds }
                        .Select(part => Microseconds(part.P50)),
                ]);
        }
        console.Write(table);
    }

    private static string Microseconds(double nanoseconds) => Units.Number(nanoseconds / 1e3);
}
