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
        ExpectNoNull(scenario.Acts, "$.acts");
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
        for (int i = 0; i < scenario.Acts.Count; i++)
            CheckAct(scenario, scenario.Acts[i], $"$.acts[{i}]", between: false);
    }

    internal static int RegionIndex(CollapseScenario scenario, ScenarioAct act) =>
        act.Region is null ? 0 : scenario.Regions.ToList().FindIndex(region => region.Name == act.Region);

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
        Expect(
            region.Memory != MemoryKind.File || region.Userfaultfd == UserfaultfdRegistration.None, $"{at}.userfaultfd",
            "userfaultfd takes anonymous memory and shmem, no regular files.");
        Expect(region.Memory == MemoryKind.File || !region.OpenForWrite, $"{at}.openForWrite", "only a regular file is asked that.");
        Expect(region.Memory == MemoryKind.Shmem || region.LimitPages is null, $"{at}.limitPages", "only shmem has a limit of its own.");
        ExpectNoNull(region.Pages, $"{at}.pages");
        for (int i = 0; i < region.Pages.Count; i++)
            PageRunCheck.Check(scenario.Kernel, region, region.Pages[i], $"{at}.pages[{i}]");
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

    private static void CheckAct(CollapseScenario scenario, ScenarioAct act, string at, bool between)
    {
        string deed = JsonNamingPolicy.CamelCase.ConvertName(act.Do.ToString());
        Expect(!between || act.Do is not (Deed.Collapse or Deed.Expect), $"{at}.do", $"'{deed}' cannot happen between the steps of a collapse.");
        IReadOnlySet<string> allowed = DeedMembers.Allowed(act.Do);
        string[] present = [.. DeedMembers.Present(act)];
        if (present.FirstOrDefault(name => !allowed.Contains(name)) is { } useless)
            throw new ScenarioFault($"{at}.{useless}", $"'{useless}' means nothing to '{deed}'; it has {List(allowed)}.");
        if (DeedMembers.Required(act.Do).FirstOrDefault(name => !present.Contains(name)) is { } missing)
            throw new ScenarioFault(at, $"'{deed}' needs '{missing}'.");

        int index = RegionIndex(scenario, act);
        Expect(index >= 0, $"{at}.region", $"there is no region '{act.Region}'; there are {List(scenario.Regions.Select(region => region.Name ?? "one without a name"))}.");
        RegionSetup named = scenario.Regions[index];
        Expect(act.Process is null or >= 0, $"{at}.process", "processes are counted from 0.");
        CheckPages(named, act, at);
        Expect(act.Line is null or (>= 0 and < Lines), $"{at}.line", $"a page has the lines 0 to {Lines - 1}.");
        Expect(
            act.Do is not (Deed.Truncate or Deed.PunchHole or Deed.WriteBack) || named.Memory != MemoryKind.Anonymous, at,
            $"'{deed}' is done to a file, and the region is anonymous memory.");
        Expect(act.LengthPages is null or (>= 0 and <= MostFilePages), $"{at}.lengthPages", $"a file has from 0 to {MostFilePages} pages.");
        CheckCollapse(scenario, act, at);
    }

    private static void CheckPages(RegionSetup region, ScenarioAct act, string at)
    {
        int length = region.LengthPages;
        string has = $"outside: the region has the pages 0 to {length - 1}.";
        Expect(act.First is null || (act.First >= 0 && act.First < length), $"{at}.first", $"page {act.First} is {has}");
        Expect(act.Page is null || (act.Page >= 0 && act.Page < length), $"{at}.page", $"page {act.Page} is {has}");
        Expect(
            act.Count is null || (act.Count > 0 && act.Count <= length - (act.First ?? 0)), $"{at}.count",
            $"{act.Count} pages from page {act.First ?? 0} on are {has}");
    }

    private static void CheckCollapse(CollapseScenario scenario, ScenarioAct act, string at)
    {
        Expect(act.Limits is null || act.By == CollapseMeans.Khugepaged, $"{at}.limits", "only khugepaged keeps limits.");
        Expect(
            act.By != CollapseMeans.Khugepaged || act.Expect?.Errno is null, $"{at}.expect.errno", "khugepaged returns no errno to anybody.");
        Expect(
            act.By != CollapseMeans.Khugepaged || (act.First is null && act.Count is null), $"{at}.{(act.First is null ? "count" : "first")}",
            "khugepaged chooses its ranges itself.");
        Expect(act.Expect?.Huge is null or >= 0, $"{at}.expect.huge", "there are 0 huge ranges or more.");
        Expect(act.Expect?.LostPages is null or >= 0, $"{at}.expect.lostPages", "0 pages are lost or more.");
        Expect(
            act.Do != Deed.Expect || act.Expect is { Result: null, Errno: null }, $"{at}.expect",
            "results and errnos belong to a collapse; here 'huge' and 'lostPages' can be expected.");
        Expect(
            act.Expect?.Errno is null || ErrnoNames.IsKnown(act.Expect.Errno), $"{at}.expect.errno",
            $"an errno is one of {string.Join(", ", ErrnoNames.All)}, or 0.");
        if (act.Limits is { } limits)
        {
            foreach ((string name, int value) in (ReadOnlySpan<(string, int)>)[
                ("maxPtesNone", limits.MaxPtesNone), ("maxPtesSwap", limits.MaxPtesSwap), ("maxPtesShared", limits.MaxPtesShared)])
            {
                Expect(value is >= 0 and < 512, $"{at}.limits.{name}", "a limit is from 0 to 511 pages.");
            }
        }
        ExpectNoNull(act.Failures ?? [], $"{at}.failures");
        ExpectNoNull(act.Between ?? [], $"{at}.between");
        for (int i = 0; i < act.Failures?.Count; i++)
            Expect(act.Failures[i].Nth > 0, $"{at}.failures[{i}].nth", "times are counted from 1.");
        for (int i = 0; i < act.Between?.Count; i++)
        {
            string place = $"{at}.between[{i}]";
            Expect(act.Between[i].Page is >= 0 and < 512, $"{place}.page", "a range has the pages 0 to 511.");
            Expect(act.Between[i].Range >= 0, $"{place}.range", "ranges are counted from 0.");
            CheckAct(scenario, act.Between[i].Act, $"{place}.act", between: true);
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
