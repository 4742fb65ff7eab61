using CopyMc.Bench.Page;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tracing;

/// <summary>What the events of a benchmark say.</summary>
internal sealed class TraceSection(TraceReport trace) : IReportSection
{
    private static readonly string[] s_members = ["p50", "p99", "max"];

    public string Title => "From the runtime's events";

    public void Write(HtmlText html)
    {
        html.Element("p", TraceText.Counts(trace));
        html.OpenTable("all threads stopped", "times", "wait p50", "p99", "max", "pause p50", "p99", "max");
        WriteRow(html, "while a copy was under way", "trace.duringCopies", trace.DuringCopies);
        WriteRow(html, "otherwise", "trace.otherwise", trace.Otherwise);
        html.CloseTable();
    }

    /// <summary>Cells with members of a distribution, which may not be there.</summary>
    internal static void WriteTimes(HtmlText html, string path, Latencies? times, string[] members)
    {
        foreach (string member in members)
        {
            if (times is not { } there)
            {
                html.Raw("<td></td>");
                continue;
            }
            double value = member switch { "p50" => there.P50, "p90" => there.P90, "p99" => there.P99, _ => there.Max };
            html.Cell($"{path}.{member}", value, Units.Time(value / 1e3));
        }
    }

    private static void WriteRow(HtmlText html, string name, string path, SuspensionCost cost)
    {
        html.Raw("<tr>").Element("th", name).Cell($"{path}.count", cost.Count, $"{cost.Count}");
        WriteTimes(html, $"{path}.waitNanoseconds", cost.WaitNanoseconds, s_members);
        WriteTimes(html, $"{path}.pauseNanoseconds", cost.PauseNanoseconds, s_members);
        html.Raw("</tr>\n");
    }
}
