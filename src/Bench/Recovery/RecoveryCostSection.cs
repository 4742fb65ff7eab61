using CopyMc.Bench.MainJob;
using CopyMc.Bench.Page;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Recovery;

/// <summary>What surviving poison costs: histograms, tables by axis, and where the time goes.</summary>
internal sealed class RecoveryCostSection(RecoveryCostReport report) : IReportSection
{
    public string Title => "What recovery costs";

    public void Write(HtmlText html)
    {
        html.Element("p", RecoveryCostText.Conditions(report));
        SpreadNote.Write(html, "the ratios to the floor", report.Rounds, "medianSpreadPercent", report.MedianSpreadPercent);

        IReadOnlyList<CostAxis> axes = CostAxis.Of(report);
        PoisonSource? origin = report.Costs.FirstOrDefault(row => row.Position == PoisonPosition.LastLine)?.Source;
        WriteHistogram(html, "The chosen kernel, the floor and the peers, with the first line poisoned", report.Costs.Where(row => row.Source == origin
            && row is { Position: PoisonPosition.FirstLine, Pages: PageKind.Small, Threads: 1, Exact: true }
            && (row.Kernel is null || row.Kernel == report.Machine.ChosenKernel)).Select(row => (CostAxis.NameOf(row), row)));
        foreach (CostAxis axis in axes)
        {
            html.Element("h3", $"By {axis.Name}");
            if (axis.Name is "kernel" or "threads" or "source of faults")
                WriteHistogram(html, "How often a recovery took how long", axis.Rows.Where(row => row.Row.Exact).Select(row => (row.Name, row.Row)));
            WriteTable(html, axis);
        }
        WriteSplits(html);
        foreach (string line in RecoveryCostText.Remarks(report))
            html.Element("p", line);
    }

    private static void WriteHistogram(HtmlText html, string caption, IEnumerable<(string Name, CostRow Row)> rows)
    {
        LatencySeries[] series = [.. rows.Take(PlotColors.SeriesCount).Select((row, color) => new LatencySeries(row.Name, color, row.Row.Histogram))];
        if (series.Length == 0)
            return;
        PlotFigure.Write(html, caption, size => LatencyPlot.Draw(size, series));
        Legend.Write(html, series.Select(one => (one.Name, one.Color)));
    }

    private static void WriteTable(HtmlText html, CostAxis axis)
    {
        html.OpenTable(axis.Name, "p50 (us)", "p90", "p99", "p99.9", "max", "x floor");
        foreach ((string name, CostRow row, int index) in axis.Rows)
        {
            string path = $"costs[{index}]";
            html.Raw("<tr>").Element("th", name);
            if (!row.Exact)
            {
                html.Raw("<td colspan=\"6\" class=\"words\">").Text("a false count: ").Figure($"{path}.wrongBytes", row.WrongBytes, row.WrongBytes.ToString("N0", System.Globalization.CultureInfo.InvariantCulture))
                    .Text(" bytes that it said it copied are wrong").Raw("</td></tr>\n");
                continue;
            }
            WriteTimes(html, $"{path}.recoveryNanoseconds", row.RecoveryNanoseconds);
            html.Open("td");
            if (row.RatioToFloor is { } ratio)
                html.Figure($"{path}.ratioToFloor.median", ratio.Median, Units.Ratio(ratio.Median));
            html.Raw("</td></tr>\n");
        }
        html.CloseTable();
    }

    private static void WriteTimes(HtmlText html, string path, Latencies times)
    {
        foreach ((string member, double value) in new[] { ("p50", times.P50), ("p90", times.P90), ("p99", times.P99), ("p999", times.P999), ("max", times.Max) })
            html.Open("td").Figure($"{path}.{member}", value, Units.Number(value / 1e3)).Close("td");
    }

    private void WriteSplits(HtmlText html)
    {
        if (report.Splits.Count == 0)
            return;
        html.Element("h3", "Where the time goes");
        html.Element("p", "Medians of the native part, in microseconds: until the handler runs, in it, back to the copy, and what the copy still does. "
            + "The rest of a recovery is the call, the maps and their learning.");
        (string Name, int Color)[] parts = [("delivery", 0), ("handler", 1), ("return", 2), ("tail", 3)];
        Legend.Write(html, parts);
        html.OpenTable("kernel", "bytes before", "", "delivery", "handler", "return", "tail", "total");
        double longest = report.Splits.Max(row => row.TotalNanoseconds.P50);
        for (int i = 0; i < report.Splits.Count; i++)
        {
            SplitRow row = report.Splits[i];
            (string Member, double Value)[] times =
            [
                ("delivery", row.DeliveryNanoseconds.P50), ("handler", row.HandlerNanoseconds.P50), ("return", row.ReturnNanoseconds.P50),
                ("tail", row.TailNanoseconds.P50), ("total", row.TotalNanoseconds.P50),
            ];
            html.Raw("<tr>").Element("th", row.Method);
            html.Open("td").Figure($"splits[{i}].prefixBytes", row.PrefixBytes, $"{row.PrefixBytes}").Raw("</td><td><div class=\"stack\">");
            for (int part = 0; part < parts.Length; part++)
            {
                html.Raw(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"<i style=\"width:{100 * times[part].Value / longest:F2}%;background:var(--series-{parts[part].Color})\"></i>"));
            }
            html.Raw("</div></td>");
            foreach ((string member, double value) in times)
                html.Open("td").Figure($"splits[{i}].{member}Nanoseconds.p50", value, Units.Number(value / 1e3)).Close("td");
            html.Raw("</tr>\n");
        }
        html.CloseTable();
    }
}
