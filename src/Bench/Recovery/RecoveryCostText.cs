using System.Globalization;
using CopyMc.Bench.Documents;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Recovery;

/// <summary>What surviving poison costs: histograms, a table for each axis, where the time goes, and the cost without poison.</summary>
internal static class RecoveryCostText
{
    private static readonly string[] s_percentiles = ["p50", "p90", "p99", "p99.9", "max"], s_parts = ["delivery", "handler", "return", "tail"];

    internal static void Write(Document document, RecoveryCostReport report)
    {
        document.Section("What recovery costs");
        document.Paragraph($"Microseconds of a copy of {Units.Bytes(report.Costs[0].CopyBytes)} that meets poison, less the median time of the bytes before it; "
            + $"{report.Costs.Min(row => row.Samples)} samples a row or more, in {report.Rounds} rounds in which all take turns. The floor is a SIGBUS whose handler "
            + $"steps over one load: the least that a signal costs. x floor: medians within a round.");
        PoisonSource? origin = report.Costs.FirstOrDefault(row => row.Position == PoisonPosition.LastLine)?.Source;
        Histogram(document, "The chosen kernel, the floor and the peers, with the first line poisoned", report.Costs.Where(row => row.Source == origin
            && row is { Position: PoisonPosition.FirstLine, Pages: PageKind.Small, Threads: 1 }
            && (row.Kernel is null || row.Kernel == report.Machine.ChosenKernel)).Select(row => (row.ShownName, row)));
        foreach (CostAxis axis in CostAxis.Of(report))
            Write(document, axis);
        WriteSplits(document, report);
        WriteRemarks(document, report);
        SpreadNote.Write(document, "the ratios to the floor", report.Rounds, report.MedianSpreadPercent);
        document.Section("What each costs a copy without poison");
        document.Within("whenClean", () => ThroughputText.Write(document, report.WhenClean, report.Machine));
    }

    private static void Write(Document document, CostAxis axis)
    {
        if (document.IsPage)
            document.Heading($"By {axis.Name}");
        if (axis.Name is "kernel" or "threads" or "source of faults")
            Histogram(document, "How often a recovery took how long", axis.Rows.Select(row => (row.Name, row.Row)));
        document.TableAt(axis.Rows.Select(row => ($"costs[{row.Index}]", (row.Name, row.Row))), (Columns<(string Name, CostRow Row)> table) =>
        {
            // The time of a wrong copy means nothing.
            table.Words(axis.Name, row => row.Name)
                .Percentiles("", row => row.Row.Exact ? row.Row.RecoveryNanoseconds : null, Microseconds, s_percentiles, "RecoveryNanoseconds")
                .Figure("x floor", row => row.Row.Exact ? row.Row.RatioToFloor?.Median : null, Units.Ratio, member: "RatioToFloor.Median");
            if (axis.Rows.Any(row => !row.Row.Exact))
                table.Words("", row => row.Row.Exact ? (Line)"" : $"wrong: {new Figure("wrongBytes", row.Row.WrongBytes, Units.Whole)} bytes");
        });
    }

    private static void Histogram(Document document, string caption, IEnumerable<(string Name, CostRow Row)> rows)
    {
        (string Name, CostRow Row)[] series = [.. rows.Where(row => row.Row.Exact).Take(PlotColors.SeriesCount)];
        if (series.Length > 0)
            document.Plot(caption, size => LatencyPlot.Draw(size, [.. series.Select(row => row.Row.Histogram)]), series.Select(row => row.Name));
    }

    private static void WriteSplits(Document document, RecoveryCostReport report)
    {
        if (report.Splits.Count == 0)
            return;
        document.Heading("Where the time goes");
        document.Paragraph("Medians of the native code, in microseconds: until the handler runs, in it, back to the copy, and what the copy still does. "
            + "The rest of a recovery is the call, and the maps, which learn of the poison. The handler that measures is installed over the engine's, "
            + "which then goes back by rt_sigreturn; alone, on x86-64, it jumps, which saves most of that part.");
        document.Draw((html, _) => Legend.Write(html, s_parts));
        double longest = report.Splits.Max(row => row.TotalNanoseconds.P50);
        document.Table(report.Splits, table => table
            .Words("kernel", row => row.Method)
            .Figure("bytes before", row => row.PrefixBytes, Units.Whole)
            .Drawing("", (html, row) => WriteBar(html, row, longest))
            .Figure(s_parts[0], row => row.DeliveryNanoseconds.P50, Microseconds)
            .Figure(s_parts[1], row => row.HandlerNanoseconds.P50, Microseconds)
            .Figure(s_parts[2], row => row.ReturnNanoseconds.P50, Microseconds)
            .Figure(s_parts[3], row => row.TailNanoseconds.P50, Microseconds)
            .Figure("total", row => row.TotalNanoseconds.P50, Microseconds));
    }

    private static void WriteBar(HtmlText html, SplitRow row, double longest)
    {
        html.Open("div", "stack");
        double[] parts = [row.DeliveryNanoseconds.P50, row.HandlerNanoseconds.P50, row.ReturnNanoseconds.P50, row.TailNanoseconds.P50];
        for (int i = 0; i < parts.Length; i++)
            html.Raw(string.Create(CultureInfo.InvariantCulture, $"<i style=\"width:{100 * parts[i] / longest:F2}%;background:var(--series-{i})\"></i>"));
        html.Close("div");
    }

    /// <summary>What was not measured and why, and which methods reported a wrong count.</summary>
    private static void WriteRemarks(Document document, RecoveryCostReport report)
    {
        foreach (SkippedCost skipped in report.Skipped)
            document.Paragraph($"Skipped: {skipped.What}: {skipped.Reason}.");
        foreach (CostRow row in report.Costs.Where(row => !row.Exact))
        {
            document.Paragraph($"{(row.Role == CostRole.Peer ? "Not exact" : "FAILED")}: {row.ShownName}, {row.Position.Name()}: reported {row.NotCopiedBytes} bytes as "
                + $"not copied, where {row.CopyBytes - row.PrefixBytes} could not be; {row.WrongBytes} of those reported as copied are wrong.");
        }
    }

    private static string Microseconds(double nanoseconds) => Units.Number(nanoseconds / 1e3);
}
