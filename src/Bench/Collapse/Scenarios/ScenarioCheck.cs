using System.Globalization;
using System.Text.Json;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Whether a scenario makes sense, so far as that can be said before it runs.</summary>
internal static class ScenarioCheck
{
    private const ulong LastAddress = 1UL << 46, PageSize = NativeRegion.PageSize;
    /// <summary>Every byte of a region, and every count of the machine, is looked at again and again.</summary>
    private const int MostPages = 1 << 15, MostFilePages = 1 << 26, MostSwapPages = 1 << 20, MostMiB = 16 << 10;
    private const int Lines = NativeRegion.PageSize / PoisonMap.LineSize;

    /// <exception cref="ScenarioFault">It does not.</exception>
    internal static void Check(CollapseScenario scenario)
    {
        CheckMachine(scenario.Machine);
        if (scenario.Regions.Count == 0)
            throw new ScenarioFault("$.regions", "there is no region.");
        ExpectNoNull(scenario.Regions, "$.regions");
        ExpectNoNull(scenario.Actions, "$.actions");
        var names = new HashSet<string>();
        int pages = 0;
        for (int i = 0; i < scenario.Regions.Count; i++)
        {
            CheckRegion(scenario, i);
            RegionSetup region = scenario.Regions[i];
            Expect(region.Name is null || names.Add(region.Name), $"$.regions[{i}].name", $"there is a region '{region.Name}' before this one.");
            pages += region.LengthPages;
            Expect(pages <= MostPages, $"$.regions[{i}]", $"the regions have at most {MostPages} pages together.");
        }
        for (int i = 0; i < scenario.Actions.Count; i++)
            CheckAction(scenario, scenario.Actions[i], $"$.actions[{i}]", between: false);
    }

    internal static int RegionIndex(CollapseScenario scenario, ScenarioAction action) =>
        action.Region is null ? 0 : scenario.Regions.ToList().FindIndex(region => region.Name == action.Region);

    /// <summary>"0x40000000" as a number.</summary>
    internal static bool TryParseAddress(string text, out ulong address)
    {
        address = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);
    }

    private static void CheckMachine(MachineSetup machine)
    {
        Expect(machine.MemoryMiB is > 0 and <= MostMiB, "$.machine.memoryMiB", $"memory is from 4 to {MostMiB} MiB.");
        Expect(machine.SwapPages is >= 0 and <= MostSwapPages, "$.machine.swapPages", $"swap has from 0 to {MostSwapPages} pages.");
        Expect(machine.LimitPages is null or >= 0, "$.machine.limitPages", "a limit is not negative.");
    }

    private static void CheckRegion(CollapseScenario scenario, int index)
    {
        RegionSetup region = scenario.Regions[index];
        string at = $"$.regions[{index}]";
        Expect(region.LengthPages is > 0 and <= MostPages, $"{at}.lengthPages", $"a region has from 1 to {MostPages} pages.");
        Expect(region.FilePage is >= 0 and <= MostFilePages, $"{at}.filePage", $"a file has up to {MostFilePages} pages.");
        Expect(region.Name is not "", $"{at}.name", "a name is not empty.");
        if (region.Address is not null)
        {
            Expect(TryParseAddress(region.Address, out ulong address), $"{at}.address", "an address is written as in \"0x40000000\".");
            Expect(address % PageSize == 0, $"{at}.address", $"{region.Address} is not the first byte of a page.");
            Expect(
                address <= LastAddress && (ulong)region.LengthPages * PageSize <= LastAddress - address, $"{at}.address",
                $"{region.Address} is outside: addresses end at 0x{LastAddress:x} (64 TiB), the region's {region.LengthPages} pages included.");
        }
        bool anonymous = region.Memory == MemoryKind.Anonymous;
        Expect(!anonymous || region.FilePage == 0, $"{at}.filePage", "anonymous memory has no file.");
        Expect(!anonymous || !region.Private, $"{at}.private", "anonymous memory is private already.");
        Expect(region.Memory == MemoryKind.File || !region.OpenForWrite, $"{at}.openForWrite", "only a regular file is asked that.");
        Expect(region.Memory == MemoryKind.Shmem || region.LimitPages is null, $"{at}.limitPages", "only shmem has a limit of its own.");
        ExpectNoNull(region.Pages, $"{at}.pages");
        for (int i = 0; i < region.Pages.Count; i++)
            PageRunCheck.Check(region, region.Pages[i], $"{at}.pages[{i}]");
        int swapped = StatesOf(region).Count(run => run?.State == PageState.Swapped);
        Expect(swapped <= scenario.Machine.SwapPages, $"{at}.pages", $"{swapped} pages are swapped, and swap has {scenario.Machine.SwapPages}.");
    }

    /// <summary>The run that has the say over each page.</summary>
    internal static PageRun?[] StatesOf(RegionSetup region)
    {
        var states = new PageRun?[region.LengthPages];
        foreach (PageRun run in region.Pages)
            states.AsSpan(run.First, run.Count).Fill(run);
        return states;
    }

    private static void CheckAction(CollapseScenario scenario, ScenarioAction action, string at, bool between)
    {
        string kind = JsonNamingPolicy.CamelCase.ConvertName(action.Do.ToString());
        Expect(!between || action.Do is not (ActionKind.Collapse or ActionKind.Expect), $"{at}.do", $"'{kind}' cannot happen between the steps of a collapse.");
        IReadOnlySet<string> allowed = ActionMembers.Allowed(action.Do);
        string[] present = [.. ActionMembers.Present(action)];
        if (present.FirstOrDefault(name => !allowed.Contains(name)) is { } useless)
            throw new ScenarioFault($"{at}.{useless}", $"'{useless}' means nothing to '{kind}'; it has {List(allowed)}.");
        if (ActionMembers.Required(action.Do).FirstOrDefault(name => !present.Contains(name)) is { } missing)
            throw new ScenarioFault(at, $"'{kind}' needs '{missing}'.");

        int index = RegionIndex(scenario, action);
        Expect(index >= 0, $"{at}.region", $"there is no region '{action.Region}'; there are {List(scenario.Regions.Select(region => region.Name ?? "one without a name"))}.");
        RegionSetup named = scenario.Regions[index];
        Expect(action.Process is null or >= 0, $"{at}.process", "processes are counted from 0.");
        CheckPages(named, action, at);
        Expect(action.Line is null or (>= 0 and < Lines), $"{at}.line", $"a page has the lines 0 to {Lines - 1}.");
        Expect(
            action.Do is not (ActionKind.Truncate or ActionKind.PunchHole or ActionKind.WriteBack) || named.Memory != MemoryKind.Anonymous, at,
            $"'{kind}' is done to a file, and the region is anonymous memory.");
        Expect(action.LengthPages is null or (>= 0 and <= MostFilePages), $"{at}.lengthPages", $"a file has from 0 to {MostFilePages} pages.");
        CheckCollapse(scenario, action, at);
    }

    private static void CheckPages(RegionSetup region, ScenarioAction action, string at)
    {
        int length = region.LengthPages;
        string has = $"outside: the region has the pages 0 to {length - 1}.";
        Expect(action.First is null || (action.First >= 0 && action.First < length), $"{at}.first", $"page {action.First} is {has}");
        Expect(action.Page is null || (action.Page >= 0 && action.Page < length), $"{at}.page", $"page {action.Page} is {has}");
        Expect(
            action.Count is null || (action.Count > 0 && action.Count <= length - (action.First ?? 0)), $"{at}.count",
            $"{action.Count} pages from page {action.First ?? 0} on are {has}");
    }

    private static void CheckCollapse(CollapseScenario scenario, ScenarioAction action, string at)
    {
        Expect(action.Limits is null || action.By == CollapseMeans.Khugepaged, $"{at}.limits", "only khugepaged keeps limits.");
        Expect(
            action.By != CollapseMeans.Khugepaged || action.Expect?.Errno is null, $"{at}.expect.errno", "khugepaged returns no errno to anybody.");
        Expect(
            action.By != CollapseMeans.Khugepaged || (action.First is null && action.Count is null), $"{at}.{(action.First is null ? "count" : "first")}",
            "khugepaged chooses its ranges itself.");
        Expect(action.Expect?.Huge is null or >= 0, $"{at}.expect.huge", "there are 0 huge ranges or more.");
        Expect(action.Expect?.LostPages is null or >= 0, $"{at}.expect.lostPages", "0 pages are lost or more.");
        Expect(
            action.Do != ActionKind.Expect || action.Expect is { Result: null, Errno: null }, $"{at}.expect",
            "results and errnos belong to a collapse; here 'huge' and 'lostPages' can be expected.");
        Expect(
            action.Expect?.Errno is null || ErrnoNames.IsKnown(action.Expect.Errno), $"{at}.expect.errno",
            $"an errno is one of {string.Join(", ", ErrnoNames.All)}, or 0.");
        if (action.Limits is { } limits)
        {
            foreach ((string name, int value) in (ReadOnlySpan<(string, int)>)[
                ("maxPtesNone", limits.MaxPtesNone), ("maxPtesSwap", limits.MaxPtesSwap), ("maxPtesShared", limits.MaxPtesShared)])
            {
                Expect(value is >= 0 and < 512, $"{at}.limits.{name}", "a limit is from 0 to 511 pages.");
            }
        }
        ExpectNoNull(action.Failures ?? [], $"{at}.failures");
        ExpectNoNull(action.Between ?? [], $"{at}.between");
        for (int i = 0; i < action.Failures?.Count; i++)
            Expect(action.Failures[i].Nth > 0, $"{at}.failures[{i}].nth", "times are counted from 1.");
        for (int i = 0; i < action.Between?.Count; i++)
        {
            string place = $"{at}.between[{i}]";
            Expect(action.Between[i].Page is >= 0 and < 512, $"{place}.page", "a range has the pages 0 to 511.");
            Expect(action.Between[i].Range >= 0, $"{place}.range", "ranges are counted from 0.");
            CheckAction(scenario, action.Between[i].Action, $"{place}.action", between: true);
        }
    }

    private static void ExpectNoNull<T>(IReadOnlyList<T> elements, string at)
    {
        for (int i = 0; i < elements.Count; i++)
            Expect(elements[i] is not null, $"{at}[{i}]", "null is nothing that belongs here.");
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.DefaultIfEmpty("nothing"));

    private static void Expect(bool holds, string place, string otherwise)
    {
        if (!holds)
            throw new ScenarioFault(place, otherwise);
    }
}
