using System.Runtime.CompilerServices;
using CopyMc.Bench.Collapse.BuiltIn;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Collapses: a row for each scenario, and the steps, the state and the content of each collapse.</summary>
internal static class CollapseText
{
    /// <summary>The most ranges of a collapse that the page draws; khugepaged may scan many.</summary>
    internal const int MostRanges = 6;

    internal static void WriteList(Document document)
    {
        document.TableAt(BuiltInScenarios.All.Select(scenario => ("", scenario)), (Columns<BuiltInScenario> table) => table
            .Words("scenario", scenario => scenario.Name)
            .Words("by", scenario => Words(scenario.Variants.Select(variant => variant.By)))
            .Words("memory", scenario => Words(scenario.Variants.Select(variant => variant.Memory)))
            .Words("", scenario => scenario.Description));
        document.Paragraph("copymc collapse NAME runs one, --show prints it as a file to start from, --all runs every one for all that it supports.");
    }

    internal static void WriteAll(Document document, CollapseReport report)
    {
        document.Table(report.Scenarios, table => table
            .Words("scenario", scenario => scenario.Name)
            .Words("by", scenario => Name(scenario.By))
            .Words("memory", scenario => Name(scenario.Memory))
            .Words("results", scenario => string.Join(", ", scenario.Collapses.Select(collapse => collapse.Result).Concat(scenario.KernelPanic is null ? [] : ["KERNEL_PANIC"])))
            .Words("", scenario => scenario.SkippedReason is not null ? "skipped" : scenario.Failures.Count == 0 ? "as expected" : "FAILED"));
        foreach (ScenarioReport scenario in report.Scenarios)
        {
            foreach (string failure in scenario.Failures)
                document.Paragraph($"FAILED: {scenario.Name} by {Name(scenario.By)}, {Name(scenario.Memory)}: {failure}");
        }
        int skipped = report.Scenarios.Count(scenario => scenario.SkippedReason is not null);
        int failed = report.Scenarios.Count(scenario => scenario.Failures.Count > 0);
        document.Paragraph($"{report.Scenarios.Count - skipped - failed} as expected, {failed} not, {skipped} skipped"
            + $"{(skipped == 0 ? "." : $": {report.Scenarios.First(scenario => scenario.SkippedReason is not null).SkippedReason}")}");
    }

    internal static void Write(Document document, ScenarioReport scenario)
    {
        string kernel = scenario.Kernel == KernelVersion.Linux618.Name ? "" : $", Linux {scenario.Kernel}";
        string variant = scenario.By is null ? kernel : $" ({Name(scenario.By)}, {Name(scenario.Memory)} memory{kernel})";
        document.Paragraph($"{scenario.Name:strong}{variant}{(scenario.Description is null ? "" : $": {scenario.Description}")}");
        if (scenario.SkippedReason is not null)
            document.Paragraph($"Skipped: {scenario.SkippedReason}");
        for (int i = 0; i < scenario.Collapses.Count; i++)
            document.Within($"collapses[{i}]", () => Write(document, scenario.Collapses[i], scenario.Collapses.Count > 1 ? $"{i + 1}. " : ""));
        if (scenario.KernelPanic is { } action)
            document.Paragraph($"KERNEL_PANIC at {action}: Linux {scenario.Kernel} copied a poisoned page without recovery, and the machine has stopped.");
        foreach (string failure in scenario.Failures)
            document.Paragraph($"{$"FAILED: {failure}":strong}");
    }

    internal static bool IsAlike(RangeReport one, RangeReport other) =>
        one.Result == other.Result && one.Steps.SequenceEqual(other.Steps) && one.Undo.SequenceEqual(other.Undo);

    private static void Write(Document document, CollapseActionReport collapse, string number)
    {
        document.Space();
        string outcome = collapse.Errno is null ? collapse.Result
            : collapse.Errno == "0" ? "returned 0" : $"{collapse.Errno} ({collapse.Result})";
        document.Paragraph($"{number}{Word.Of(collapse.By)} on process {collapse.Process}, region {collapse.Region}: {outcome}");
        if (document.IsPage)
            WriteTimelines(document, collapse);
        else
            document.Facts(Steps(collapse));
        document.Details("before and after", () => document.TableAt(Compare(collapse).Select(row => ("", row)), (Columns<(string Name, string Member, long Before, long After)> table) => table
            .Words(" ", row => $" {row.Name}")
            .Text("before", row => $"{new Figure($"before.{row.Member}", row.Before, Units.Whole)}")
            .Text("after", row => $"{new Figure($"after.{row.Member}", row.After, Units.Whole)}")));
        ContentReport content = collapse.Content;
        document.Paragraph($"  content: {new Figure("content.identicalPages", content.IdenticalPages, Units.Whole)} {(content.IdenticalPages == 1 ? "page" : "pages")} identical, "
            + $"byte for byte; {new Figure("content.lostPages", content.LostPages, Units.Whole)} lost to poison; {new Figure("content.changedPages", content.ChangedPages, Units.Whole)} changed.");
        foreach (string violation in collapse.Violations)
            document.Paragraph($"  VIOLATED: {violation}");
    }

    private static void WriteTimelines(Document document, CollapseActionReport collapse)
    {
        for (int i = 0; i < Math.Min(collapse.Ranges.Count, MostRanges); i++)
        {
            RangeReport range = collapse.Ranges[i];
            // A range with the same steps as the one before is not drawn again.
            if (i == 0 || !IsAlike(range, collapse.Ranges[i - 1]))
                document.Draw((html, _) => CollapseTimeline.Write(html, range, range.Result == CollapseResult.Succeed.ToName()));
            document.Paragraph($"{range.Address}: {new Figure($"ranges[{i}].copiedPages", range.CopiedPages, Units.Whole)} of 512 pages copied");
        }
        if (collapse.Ranges.Count > MostRanges)
            document.Paragraph($"and {collapse.Ranges.Count - MostRanges} ranges more");
        foreach (InterleavedReport action in collapse.Between)
            document.Paragraph($"between: {Describe(action)}");
    }

    private static IEnumerable<(string Name, string Value)> Steps(CollapseActionReport collapse)
    {
        if (collapse.Ranges.Count == 0)
            yield return ("  ranges", "none that may have a huge page");
        foreach (RangeReport range in collapse.Ranges)
        {
            yield return ($"  {range.Address}", range.Result);
            yield return ("    steps", string.Join(", ", range.Steps.Select(step => step == CollapseStep.Copy ? $"copy ({range.CopiedPages} of 512 pages)" : Word.Of(step))));
            yield return ("    undo", range.Undo.Count == 0 ? "nothing" : string.Join(", ", range.Undo));
        }
        foreach (InterleavedReport action in collapse.Between)
            yield return ("  between", Describe(action));
    }

    private static string Describe(InterleavedReport action)
    {
        string moment = action.Page == 0 ? Word.Of(action.At) : $"{Word.Of(action.At)}, page {action.Page}";
        string what = $"{Word.Of(action.Do)} before {moment}: ";
        if (action.Result is not { } result)
            return what + "its moment never came";
        string when = action.HappenedAt is { } at ? (at == action.At ? "" : $"waited for a lock until {Word.Of(at)}, then ") : "waited for a lock until the end, then ";
        return what + when + result;
    }

    /// <summary>The members of the state that are not zero before or after.</summary>
    private static IEnumerable<(string Name, string Member, long Before, long After)> Compare(CollapseActionReport collapse)
    {
        (string Name, string Member, long Before, long After) Row(string name, Func<RegionState, long> of, [CallerArgumentExpression(nameof(of))] string member = "") =>
            (name, Figure.PathOf(member), of(collapse.Before), of(collapse.After));
        (string Name, string Member, long Before, long After)[] rows =
        [
            Row("huge ranges", state => state.HugeRanges), Row("page tables", state => state.PageTables),
            Row("entries: present", state => state.PresentEntries), Row("entries: zero page", state => state.ZeroPageEntries),
            Row("entries: absent", state => state.AbsentEntries), Row("entries: in swap", state => state.SwapEntries),
            Row("entries: poisoned", state => state.PoisonedEntries), Row("entries: markers", state => state.MarkerEntries),
            Row("file: huge ranges", state => state.HugeFileRanges), Row("file: pages cached", state => state.CachedPages),
            Row("resident pages", state => state.ResidentPages), Row("charged pages", state => state.ChargedPages),
            Row("free pages", state => state.FreePages), Row("LRU: anonymous folios", state => state.AnonymousLru),
            Row("LRU: file folios", state => state.FileLru), Row("isolated pages", state => state.IsolatedPages),
            Row("pages retired for poison", state => state.HardwareCorruptedPages),
            Row("thp_collapse_alloc", state => state.ThpCollapseAlloc), Row("thp_collapse_alloc_failed", state => state.ThpCollapseAllocFailed),
        ];
        return rows.Where(row => row.Before != 0 || row.After != 0);
    }

    private static string Words<T>(IEnumerable<T> values)
        where T : struct, Enum => string.Join(", ", values.Distinct().Select(Word.Of));

    private static string Name<T>(T? value)
        where T : struct, Enum => value is { } known ? Word.Of(known) : "";
}
