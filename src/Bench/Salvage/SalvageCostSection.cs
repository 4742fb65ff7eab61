using CopyMc.Bench.Page;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Salvage;

/// <summary>What carrying on past bad pages costs.</summary>
internal sealed class SalvageCostSection(SalvageReport report) : IReportSection
{
    public string Title => "What a salvage costs";

    public void Write(HtmlText html)
    {
        html.Open("p").Text($"Salvages of 2 MiB with bad pages ({report.Poison}) that nobody knows of, {report.Rounds} rounds, all in turns. A clean copy takes ")
            .Figure("cleanCopyMicroseconds.median", report.CleanCopyMicroseconds.Median, Units.Time(report.CleanCopyMicroseconds.Median)).Text(", the cheapest fault ")
            .Figure("floorFaultMicroseconds.median", report.FloorFaultMicroseconds.Median, Units.Time(report.FloorFaultMicroseconds.Median))
            .Text(". Ratios to a clean copy and one such fault for each bad page; with the kernel asked which pages ahead are bad, and without.").Close("p");
        html.OpenTable("bad pages", "time", "ratio", "half", "without", "ratio", "half", "exact");
        for (int i = 0; i < report.Salvages.Count; i++)
            WriteRow(html, report.Salvages[i], $"salvages[{i}]");
        html.CloseTable();
    }

    private static void WriteRow(HtmlText html, SalvageRow row, string path)
    {
        html.Raw("<tr>").Raw("<th>").Figure($"{path}.badPages", row.BadPages, $"{row.BadPages}").Text(row.BadPages == 1 ? "" : $", {row.Layout.ToString().ToLowerInvariant()}").Raw("</th>");
        Write("microseconds", row.Microseconds, "ratioToFloor", row.RatioToFloor);
        Write("microsecondsWithoutLookAhead", row.MicrosecondsWithoutLookAhead, "ratioToFloorWithoutLookAhead", row.RatioToFloorWithoutLookAhead);
        html.Element("td", row.Exact ? "yes" : "NO").Raw("</tr>\n");

        void Write(string time, Quartiles times, string ratio, Quartiles ratios) => html
            .Cell($"{path}.{time}.median", times.Median, Units.Time(times.Median))
            .Cell($"{path}.{ratio}.median", ratios.Median, Units.Ratio(ratios.Median)).Element("td", $"{Units.Ratio(ratios.Lower)}-{Units.Ratio(ratios.Upper)}");
    }
}
