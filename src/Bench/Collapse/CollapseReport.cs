using CopyMc.Bench.Documents;
using CopyMc.Bench.Page;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Collapse;

/// <summary>The result of <c>collapse</c>.</summary>
/// <param name="Scenarios">The scenarios that ran.</param>
internal sealed record CollapseReport(IReadOnlyList<ScenarioReport> Scenarios) : Result
{
    /// <summary>On the console either a row for each scenario or the details of one; on the page both.</summary>
    internal override void Write(Document document)
    {
        if (!document.IsPage && Scenarios.Count == 1)
        {
            CollapseText.Write(document, Scenarios[0]);
            return;
        }
        document.Section("Collapses");
        CollapseText.WriteAll(document, this);
        if (!document.IsPage)
            return;
        document.Paragraph("From the top: the steps of a collapse in their order; after a failure, the steps that undo them; and the kernel's name of the result.");
        document.Draw((html, _) =>
        {
            Legend.Write(html, [], ("step", "copied"), ("undo step", "undid"), ("failure", "poison"));
            html.Open("div", "timelines");
        });
        for (int i = 0; i < Scenarios.Count; i++)
        {
            document.Draw((html, _) => html.Open("div", "run"));
            document.Within($"scenarios[{i}]", () => CollapseText.Write(document, Scenarios[i]));
            document.Draw((html, _) => html.Close("div"));
        }
        document.Draw((html, _) => html.Close("div"));
    }
}
