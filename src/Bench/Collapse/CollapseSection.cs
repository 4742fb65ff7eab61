using System.Globalization;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;
using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse;

/// <summary>Collapses on the simulated machine, each as a timeline.</summary>
internal sealed class CollapseSection(CollapseReport report) : IReportSection
{
    /// <summary>Of one collapse: khugepaged may pass many ranges by.</summary>
    internal const int MostRanges = 6;

    public string Title => "Collapses";

    public void Write(HtmlText html)
    {
        html.Element("p", $"{Units.Count(report.Scenarios.Count, "scenario")}; "
            + (report.EveryCheckHeld ? "every one ended as expected." : "NOT every one ended as expected."));
        html.Element("p", "From the top: the steps of a collapse in their order; where it was given up, what took them back; and the result, in the kernel's word for it.");
        Legend.Write(html, [], ("step", "copied"), ("undo step", "undid"), ("given up", "poison"));
        html.Open("div", "timelines");
        for (int i = 0; i < report.Scenarios.Count; i++)
            WriteScenario(html, report.Scenarios[i], $"scenarios[{i}]");
        html.Close("div");
    }

    private static void WriteScenario(HtmlText html, ScenarioReport scenario, string path)
    {
        html.Open("figure", "run").Open("figcaption").Element("strong", scenario.Name);
        if (scenario.By is { } by && scenario.Memory is { } memory)
            html.Text($" ({by}, {memory})");
        html.Close("figcaption");
        if (scenario.Description is { } description)
            html.Element("p", description);
        if (scenario.SkippedReason is { } reason)
            html.Element("p", $"Skipped: {reason}");
        foreach (string failure in scenario.Failures)
            html.Open("p").Element("strong", $"NOT as expected: {failure}").Close("p");
        for (int i = 0; i < scenario.Collapses.Count; i++)
            WriteCollapse(html, scenario.Collapses[i], $"{path}.collapses[{i}]");
        html.Close("figure");
    }

    private static void WriteCollapse(HtmlText html, CollapseActionReport collapse, string path)
    {
        for (int i = 0; i < Math.Min(collapse.Ranges.Count, MostRanges); i++)
        {
            RangeReport range = collapse.Ranges[i];
            // What went as the one before it did is not drawn again.
            if (i == 0 || !IsAlike(range, collapse.Ranges[i - 1]))
                CollapseTimeline.Write(html, range, range.Result == CollapseResult.Succeed.ToName());
            html.Open("p").Element("code", range.Address).Text(": ").Figure($"{path}.ranges[{i}].copiedPages", range.CopiedPages, Whole(range.CopiedPages)).Text(" of 512 pages copied").Close("p");
        }
        if (collapse.Ranges.Count > MostRanges)
            html.Element("p", $"and {collapse.Ranges.Count - MostRanges} ranges more");
        html.Open("p").Text("Content: ").Figure($"{path}.content.identicalPages", collapse.Content.IdenticalPages, Whole(collapse.Content.IdenticalPages)).Text(" pages identical, ")
            .Figure($"{path}.content.lostPages", collapse.Content.LostPages, Whole(collapse.Content.LostPages)).Text(" lost to poison, ")
            .Figure($"{path}.content.changedPages", collapse.Content.ChangedPages, Whole(collapse.Content.ChangedPages)).Text(" changed.").Close("p");
    }

    internal static bool IsAlike(RangeReport one, RangeReport other) =>
        one.Result == other.Result && one.Steps.SequenceEqual(other.Steps) && one.Undo.SequenceEqual(other.Undo);

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
