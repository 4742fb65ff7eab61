using System.Globalization;
using System.Text.Json;
using CopyMc.Bench.Collapse.BuiltIn;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Terminal;
using CopyMc.Collapse;
using CopyMc.Simulation;
using Spectre.Console;

namespace CopyMc.Bench.Collapse;

/// <summary>Collapses, for people to read.</summary>
internal static class CollapseText
{
    internal static void WriteList(IAnsiConsole console)
    {
        Table table = Tables.New("scenario").AddWords("by").AddWords("memory").AddWords("");
        foreach (BuiltInScenario scenario in BuiltInScenarios.All)
        {
            table.AddRow(
                scenario.Name, Words(scenario.Variants.Select(variant => variant.By)), Words(scenario.Variants.Select(variant => variant.Memory)),
                Markup.Escape(scenario.Description));
        }
        console.Write(table);
        console.WriteLine("copymc collapse NAME runs one, --show prints it as a file to start from, --all runs every one for all that it is for.");
    }

    /// <summary>One line for each scenario.</summary>
    internal static void WriteAll(IAnsiConsole console, CollapseReport report)
    {
        Table table = Tables.New("scenario").AddWords("by").AddWords("memory").AddWords("results").AddWords("");
        foreach (ScenarioReport scenario in report.Scenarios)
        {
            table.AddRow(
                scenario.Name, Word(scenario.By), Word(scenario.Memory),
                Markup.Escape(string.Join(", ", ResultsOf(scenario))), Verdict(scenario));
        }
        console.Write(table);
        foreach (ScenarioReport scenario in report.Scenarios)
        {
            foreach (string failure in scenario.Failures)
                console.WriteLine($"FAILED: {scenario.Name} by {Word(scenario.By)}, {Word(scenario.Memory)}: {failure}");
        }
        int skipped = report.Scenarios.Count(scenario => scenario.SkippedReason is not null);
        int failed = report.Scenarios.Count(scenario => scenario.Failures.Count > 0);
        console.WriteLine(
            $"{report.Scenarios.Count - skipped - failed} as expected, {failed} not, {skipped} skipped"
            + (skipped == 0 ? "." : $": {report.Scenarios.First(scenario => scenario.SkippedReason is not null).SkippedReason}"));
    }

    private static IEnumerable<string> ResultsOf(ScenarioReport scenario) =>
        scenario.Collapses.Select(collapse => collapse.Result).Concat(scenario.KernelPanic is null ? [] : ["KERNEL_PANIC"]);

    internal static void Write(IAnsiConsole console, ScenarioReport scenario)
    {
        string kernel = scenario.Kernel == KernelVersion.Linux618.Name ? "" : $", Linux {scenario.Kernel}";
        string variant = scenario.By is null ? kernel : $" ({Word(scenario.By)}, {Word(scenario.Memory)} memory{kernel})";
        console.WriteLine(PlainText.Of($"{scenario.Name}{variant}{(scenario.Description is null ? "" : $": {scenario.Description}")}"));
        if (scenario.SkippedReason is not null)
            console.WriteLine($"Skipped: {scenario.SkippedReason}");
        for (int i = 0; i < scenario.Collapses.Count; i++)
            Write(console, scenario.Collapses[i], scenario.Collapses.Count > 1 ? $"{i + 1}. " : "");
        if (scenario.KernelPanic is { } act)
            console.WriteLine($"KERNEL_PANIC at {act}: Linux {scenario.Kernel} copied a poisoned page without recovery, and the machine has stopped.");
        foreach (string failure in scenario.Failures)
            console.WriteLine($"FAILED: {failure}");
    }

    private static void Write(IAnsiConsole console, CollapseActionReport collapse, string number)
    {
        console.WriteLine();
        string outcome = collapse.Errno is null ? collapse.Result
            : collapse.Errno == "0" ? "returned 0" : $"{collapse.Errno} ({collapse.Result})";
        console.WriteLine($"{number}{Word<CollapseMeans>(collapse.By)} on process {collapse.Process}, region {collapse.Region}: {outcome}");
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(2).PadRight(2)).AddColumn(new GridColumn().PadRight(0));
        void Row(string name, string value) => grid.AddRow(new Text(name), new Text(value));
        if (collapse.Ranges.Count == 0)
            Row("ranges", "none that may have a huge page");
        foreach (RangeReport range in collapse.Ranges)
        {
            Row(range.Address, range.Result);
            Row("  steps", string.Join(", ", range.Steps.Select(step =>
                step == CollapseStep.Copy ? $"copy ({range.CopiedPages} of 512 pages)" : Word<CollapseStep>(step))));
            Row("  undo", range.Undo.Count == 0 ? "nothing" : string.Join(", ", range.Undo));
        }
        foreach (InterleavedReport action in collapse.Between)
            Row("between", Describe(action));
        console.Write(grid);

        Table table = Tables.New(" ", "before", "after");
        foreach ((string name, long before, long after) in Compare(collapse.Before, collapse.After))
            table.AddRow($" {name}", Number(before), Number(after));
        console.Write(table);
        ContentReport content = collapse.Content;
        console.WriteLine(
            $"  content: {Units.Count(content.IdenticalPages, "page")} identical, byte for byte; {content.LostPages} lost to poison; {content.ChangedPages} changed.");
        foreach (string violation in collapse.Violations)
            console.WriteLine($"  VIOLATED: {violation}");
    }

    private static string Describe(InterleavedReport action)
    {
        string moment = action.Page == 0 ? Word<CollapseStep>(action.At) : $"{Word<CollapseStep>(action.At)}, page {action.Page}";
        string what = $"{Word<ActionKind>(action.Do)} before {moment}: ";
        if (action.Result is not { } result)
            return what + "its moment never came";
        string when = action.HappenedAt is { } at ? (at == action.At ? "" : $"waited for a lock until {Word<CollapseStep>(at)}, then ") : "waited for a lock until the end, then ";
        return what + when + result;
    }

    /// <summary>What is zero before and after is left out.</summary>
    private static IEnumerable<(string Name, long Before, long After)> Compare(RegionState before, RegionState after)
    {
        (string Name, Func<RegionState, long> Of)[] rows =
        [
            ("huge ranges", state => state.HugeRanges), ("page tables", state => state.PageTables),
            ("entries: present", state => state.PresentEntries), ("entries: zero page", state => state.ZeroPageEntries),
            ("entries: absent", state => state.AbsentEntries), ("entries: in swap", state => state.SwapEntries),
            ("entries: poisoned", state => state.PoisonedEntries), ("entries: markers", state => state.MarkerEntries),
            ("file: huge ranges", state => state.HugeFileRanges), ("file: pages cached", state => state.CachedPages),
            ("resident pages", state => state.ResidentPages), ("charged pages", state => state.ChargedPages),
            ("free pages", state => state.FreePages), ("LRU: anonymous folios", state => state.AnonymousLru),
            ("LRU: file folios", state => state.FileLru), ("isolated pages", state => state.IsolatedPages),
            ("pages retired for poison", state => state.HardwareCorruptedPages),
            ("thp_collapse_alloc", state => state.ThpCollapseAlloc), ("thp_collapse_alloc_failed", state => state.ThpCollapseAllocFailed),
        ];
        return rows.Select(row => (row.Name, row.Of(before), row.Of(after))).Where(row => row.Item2 != 0 || row.Item3 != 0);
    }

    private static string Verdict(ScenarioReport scenario) =>
        scenario.SkippedReason is not null ? "skipped" : scenario.Failures.Count == 0 ? "as expected" : "FAILED";

    private static string Words<T>(IEnumerable<T> values)
        where T : struct, Enum => string.Join(", ", values.Distinct().Select(value => Word<T>(value)));

    private static string Word<T>(T? value)
        where T : struct, Enum => value is null ? "" : JsonNamingPolicy.CamelCase.ConvertName(value.Value.ToString());

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
