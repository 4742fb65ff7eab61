using System.Globalization;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Report;

/// <summary>Two results side by side.</summary>
/// <param name="comparison">What is to be said.</param>
/// <param name="before">The files that it is compared to.</param>
/// <param name="after">The files that are judged.</param>
internal sealed class ComparisonSection(ResultComparison comparison, IReadOnlyList<string> before, IReadOnlyList<string> after) : IReportSection
{
    public string Title => "Comparison";

    public void Write(HtmlText html)
    {
        html.Open("p").Element("strong", string.Join(", ", after)).Text(" against ").Element("strong", string.Join(", ", before))
            .Text($". {ComparisonText.Summary(comparison)}").Close("p");
        html.Element("p", ComparisonText.Method(comparison));
        html.Element("h3", "Methods, over all their rows");
        html.OpenTable("method", "rows", "change", "confidence interval", "", "verdict");
        foreach (ComparedMethod method in comparison.Methods)
        {
            html.Raw("<tr>").Element("th", method.Method).Element("td", method.Rows.ToString(CultureInfo.InvariantCulture));
            WriteChange(html, method.Change, judged: true);
        }
        html.CloseTable();

        html.Element("h3", "Every row");
        html.OpenTable("what", "method", "before", "after", "change", "confidence interval", "", "verdict");
        foreach (ComparedRow row in comparison.Rows)
        {
            html.Raw("<tr>").Element("th", row.Group).Element("td", row.Method, "words")
                .Element("td", Units.Time(row.BeforeNanoseconds / 1e3)).Element("td", Units.Time(row.AfterNanoseconds / 1e3));
            WriteChange(html, row.Change, row.Kind != MethodKind.Control);
        }
        html.CloseTable();
    }

    private static void WriteChange(HtmlText html, Change change, bool judged)
    {
        html.Element("td", ComparisonText.Percent(change.Percent))
            .Element("td", $"{ComparisonText.Percent(change.LowerPercent)} to {ComparisonText.Percent(change.UpperPercent)}")
            .Raw("<td>").Raw(Interval(change)).Raw("</td>")
            .Element("td", judged ? ComparisonText.Word(change.Verdict) : "control", judged ? $"words {change.Verdict}" : "words")
            .Raw("</tr>\n");
    }

    /// <summary>Half as fast at the left, half as fast again at the right, no change in the middle.</summary>
    private static string Interval(Change change)
    {
        static double X(double percent) => Math.Clamp(50 + percent, 1, 99);
        return string.Create(CultureInfo.InvariantCulture, $"<svg class=\"interval {change.Verdict}\" viewBox=\"0 0 100 12\" aria-hidden=\"true\"><path class=\"zero\" d=\"M50 0v12\"/>"
            + $"<path d=\"M{X(change.LowerPercent):F1} 6H{X(change.UpperPercent):F1}\"/><circle cx=\"{X(change.Percent):F1}\" cy=\"6\" r=\"3\"/></svg>");
    }
}
