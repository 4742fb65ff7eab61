using System.Globalization;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Watch;

/// <summary>What a watched process did.</summary>
internal sealed class WatchSection(WatchReport report) : IReportSection
{
    /// <summary>More are a table that nobody reads.</summary>
    private const int MostFaults = 50;

    public string Title => "A watched process";

    public void Write(HtmlText html)
    {
        html.Element("p", $"{report.ProcessName}, process {report.ProcessId}, from {report.StartedAt:yyyy-MM-dd HH:mm:ss} UTC. {WatchText.Summary(report)}");
        if (report.Readings.Count == 0)
            return;
        PlotFigure.Write(html, "Throughput, and when poison was hit", size => WatchPlot.Draw(size, report.Readings));
        Legend.Write(html, [("GiB/s copied, over three seconds", 0)], ("poison was hit", "line mark"));

        string last = $"readings[{report.Readings.Count - 1}]";
        WatchReading reading = report.Readings[^1];
        html.OpenTable("in the end", "");
        Row("copied (MiB)", "copiedBytes", reading.CopiedBytes, Whole((long)Math.Round(reading.CopiedBytes / 1048576.0)));
        Row("copies", "copies", reading.Copies, Whole(reading.Copies));
        Row("hits: known poison", "hits.knownPoison", reading.Hits.KnownPoison, Whole(reading.Hits.KnownPoison));
        Row("hits: machine check", "hits.machineChecks", reading.Hits.MachineChecks, Whole(reading.Hits.MachineChecks));
        Row("hits: bus error", "hits.busErrors", reading.Hits.BusErrors, Whole(reading.Hits.BusErrors));
        Row("hits: access violation", "hits.accessViolations", reading.Hits.AccessViolations, Whole(reading.Hits.AccessViolations));
        Row("collapses committed", "committedCollapses", reading.CommittedCollapses, Whole(reading.CommittedCollapses));
        Row("collapses aborted", "abortedCollapses", reading.AbortedCollapses, Whole(reading.AbortedCollapses));
        html.CloseTable();
        WriteFaults(html);

        void Row(string name, string member, double value, string shown) =>
            html.Raw("<tr>").Element("th", name).Cell($"{last}.{member}", value, shown).Raw("</tr>\n");
    }

    private void WriteFaults(HtmlText html)
    {
        if (report.FaultCount == 0)
            return;
        html.Element("h3", "Faults");
        html.OpenTable("after", "kind", "side", "address", "lost");
        for (int i = 0; i < Math.Min(report.Faults.Count, MostFaults); i++)
        {
            WatchedFault fault = report.Faults[i];
            html.Raw("<tr><th>").Figure($"faults[{i}].seconds", fault.Seconds, Units.Number(fault.Seconds)).Text(" s").Raw("</th>")
                .Element("td", fault.Kind.ToString()).Element("td", fault.Side.ToString()).Element("td", fault.Address).Element("td", Units.Bytes(fault.ExtentBytes)).Raw("</tr>\n");
        }
        html.CloseTable();
        if (report.FaultCount > MostFaults)
            html.Element("p", $"The first {MostFaults} of {Whole(report.FaultCount)}.");
    }

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
