using System.Globalization;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Gc;

/// <summary>What the collector and long copies cost each other.</summary>
internal sealed class GcCostSection(GcCostReport report) : IReportSection
{
    public string Title => "What the garbage collector waits";

    public void Write(HtmlText html)
    {
        html.Element("p", GcCostText.Conditions(report));
        html.OpenTable("copies by", "copy", "allocated (B)", "stops", "wait p50", "p90", "p99", "max");
        for (int i = 0; i < report.Rows.Count; i++)
        {
            GcCostRow row = report.Rows[i];
            string path = $"rows[{i}]";
            html.Raw("<tr>").Element("th", row.Method)
                .Cell($"{path}.copyMilliseconds.median", row.CopyMilliseconds.Median, Units.Time(row.CopyMilliseconds.Median * 1e3))
                .Cell($"{path}.allocatedBytesPerCopy", row.AllocatedBytesPerCopy, row.AllocatedBytesPerCopy.ToString("0.#", CultureInfo.InvariantCulture))
                .Cell($"{path}.duringCopies.count", row.DuringCopies.Count, $"{row.DuringCopies.Count}");
            TraceSection.WriteTimes(html, $"{path}.duringCopies.waitNanoseconds", row.DuringCopies.WaitNanoseconds, ["p50", "p90", "p99", "max"]);
            html.Raw("</tr>\n");
        }
        html.CloseTable();
        html.Element("p", GcCostText.Meaning);
    }
}
