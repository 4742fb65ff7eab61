using CopyMc.Bench.Page;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.CollapseCost;

/// <summary>What collapses and a scan cost.</summary>
internal sealed class CollapseCostSection(CollapseCostReport report) : IReportSection
{
    public string Title => "What collapses cost";

    public void Write(HtmlText html)
    {
        html.Element("p", $"Collapses of cold anonymous memory on a simulated machine, {report.RangesPerRound} of 2 MiB in each of {report.Rounds} rounds, beside the "
            + "engine's copy of as much. Ratio: of a committed collapse to the raw copy; of an abort, what it costs beyond the raw copy of the pages before the poison, as a part of a committed collapse.");
        html.OpenTable("what", "median", "half", "ratio", "half");
        WriteRow(html, "raw copy of 2 MiB", "rawCopyMicroseconds", report.RawCopyMicroseconds, null, default);
        WriteRow(html, "collapse, committed", "commitMicroseconds", report.CommitMicroseconds, "commitToRawCopy", report.CommitToRawCopy);
        for (int i = 0; i < report.Aborts.Count; i++)
        {
            AbortCost abort = report.Aborts[i];
            WriteRow(html, $"collapse, page {abort.PoisonedPage} poisoned", $"aborts[{i}].microseconds", abort.Microseconds, $"aborts[{i}].beyondPrefixToCommit", abort.BeyondPrefixToCommit);
        }
        html.CloseTable();
        ScanCost scan = report.Scan;
        html.Open("p").Text("Scan of ").Figure("scan.ranges", scan.Ranges, $"{scan.Ranges}").Text($" ranges ({Units.Bytes((long)scan.MemoryBytes)} of simulated memory): ")
            .Figure("scan.rangesPerSecond.median", scan.RangesPerSecond.Median, Units.Number(scan.RangesPerSecond.Median / 1e6)).Text(" million ranges a second.").Close("p");
    }

    private static void WriteRow(HtmlText html, string name, string path, Quartiles time, string? ratioPath, Quartiles ratio)
    {
        html.Raw("<tr>").Element("th", name).Cell($"{path}.median", time.Median, Units.Time(time.Median))
            .Element("td", $"{Units.Number(time.Lower)}-{Units.Number(time.Upper)}");
        if (ratioPath is null)
            html.Raw("<td></td><td></td>");
        else
            html.Cell($"{ratioPath}.median", ratio.Median, Units.Ratio(ratio.Median)).Element("td", $"{Units.Ratio(ratio.Lower)}-{Units.Ratio(ratio.Upper)}");
        html.Raw("</tr>\n");
    }
}
