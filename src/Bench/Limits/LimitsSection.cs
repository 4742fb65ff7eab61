using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Limits;

/// <summary>Every promise about speed beside what was seen of it.</summary>
internal sealed class LimitsSection(LimitsReport report) : IReportSection
{
    public string Title => "Limits";

    public void Write(HtmlText html)
    {
        html.Element("p", $"Medians of {Units.Count(report.Rounds, "round")} in which all that is compared takes turns, and between which values the middle half of the rounds lies.");
        html.OpenTable("limit", "want", "seen", "half", "verdict", "");
        for (int i = 0; i < report.Limits.Count; i++)
            WriteRow(html, report.Limits[i], $"limits[{i}]");
        html.CloseTable();
    }

    private static void WriteRow(HtmlText html, Limit limit, string path)
    {
        html.Raw("<tr>").Element("th", limit.Name)
            .Open("td").Text(limit.Bound == LimitBound.AtLeast ? "≥ " : "≤ ").Figure($"{path}.want", limit.Want, LimitsText.Bare(limit.Want)).Text(Unit(limit.Unit)).Close("td");
        if (limit.Seen is { } seen)
            html.Cell($"{path}.seen.median", seen.Median, LimitsText.Bare(seen.Median)).Element("td", $"{LimitsText.Bare(seen.Lower)} to {LimitsText.Bare(seen.Upper)}");
        else
            html.Raw("<td></td><td></td>");
        html.Element("td", limit.Seen is null ? "skipped" : limit.Held ? "held" : "short", limit.Seen is null ? "words" : limit.Held ? "words Faster" : "words Slower")
            .Element("td", string.Join("; ", new[] { limit.SkippedReason, limit.Detail }.OfType<string>()), "words").Raw("</tr>\n");
    }

    private static string Unit(LimitUnit unit) => unit switch
    {
        LimitUnit.Percent => " %",
        LimitUnit.Nanoseconds => " ns",
        _ => "",
    };
}
