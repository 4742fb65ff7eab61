using System.Globalization;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Checks what a member alone does not show: whether the parts of a scenario fit together.</summary>
internal static class ScenarioCheck
{
    internal const string NoNull = "null is not allowed here.";

    private const ulong EndOfAddresses = 1UL << 46, PageSize = NativeRegion.PageSize;

    /// <exception cref="ScenarioFault">They do not.</exception>
    internal static void Check(CollapseScenario scenario)
    {
        Expect(scenario.Regions.Count > 0, "$.regions", "there is no region.");
        ExpectNoNull(scenario.Regions, "$.regions");
        ExpectNoNull(scenario.Actions, "$.actions");
        var names = new HashSet<string>();
        int pages = 0;
        for (int i = 0; i < scenario.Regions.Count; i++)
        {
            RegionSetup region = scenario.Regions[i];
            string at = $"$.regions[{i}]";
            Expect(region.Name is null || names.Add(region.Name), $"{at}.name", $"there is a region '{region.Name}' before this one.");
            pages += region.LengthPages;
            Expect(pages <= RegionSetup.MostPages, at, $"the regions have at most {RegionSetup.MostPages} pages together.");
            CheckRegion(scenario, region, at);
        }
        for (int i = 0; i < scenario.Actions.Count; i++)
            CheckAction(scenario, scenario.Actions[i], $"$.actions[{i}]");
    }

    /// <summary>"0x40000000" as a number.</summary>
    internal static bool TryParseAddress(string text, out ulong address)
    {
        address = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);
    }

    private static void CheckRegion(CollapseScenario scenario, RegionSetup region, string at)
    {
        Expect(region.Name is not "", $"{at}.name", "a name is not empty.");
        if (region.Address is not null)
        {
            Expect(TryParseAddress(region.Address, out ulong address), $"{at}.address", "an address is written as in \"0x40000000\".");
            Expect(address % PageSize == 0, $"{at}.address", $"{region.Address} is not the first byte of a page.");
            Expect(
                address <= EndOfAddresses && (ulong)region.LengthPages * PageSize <= EndOfAddresses - address, $"{at}.address",
                $"the region's {region.LengthPages} pages at {region.Address} are outside: addresses end at 0x{EndOfAddresses:x} (64 TiB).");
        }
        bool isAnonymous = region.Memory == MemoryKind.Anonymous, isFile = region.Memory == MemoryKind.File;
        Expect(!isAnonymous || region.FilePage == 0, $"{at}.filePage", "anonymous memory has no file.");
        Expect(!isAnonymous || !region.Private, $"{at}.private", "anonymous memory is always private.");
        Expect(!isFile || region.Userfaultfd == default, $"{at}.userfaultfd", "userfaultfd takes anonymous memory and shmem only.");
        Expect(isFile || !region.OpenForWrite, $"{at}.openForWrite", "only a regular file can be open for writing.");
        Expect(region.Memory == MemoryKind.Shmem || region.LimitPages is null, $"{at}.limitPages", "only shmem has a limit of its own.");
        ExpectNoNull(region.Pages, $"{at}.pages");
        for (int i = 0; i < region.Pages.Count; i++)
            CheckPages(scenario.Kernel, region, region.Pages[i], $"{at}.pages[{i}]");
        int swapped = region.RunOfEachPage().Count(run => run.State == PageState.Swapped);
        int swap = scenario.Machine.SwapPages;
        Expect(swapped <= swap, $"{at}.pages", $"{swapped} pages are swapped, and swap has {swap}.");
    }

    private static void CheckPages(KernelVersion kernel, RegionSetup region, PageRun run, string at)
    {
        CheckRange(region, run.First, run.Count, at);
        MemoryKind memory = region.Memory;
        string state = Word.Of(run.State);
        Expect(
            run.State switch
            {
                PageState.Zero or PageState.LazyFree or PageState.Compound => memory == MemoryKind.Anonymous,
                PageState.Swapped or PageState.PoisonMarker or PageState.WriteProtected => memory != MemoryKind.File,
                PageState.Cached => memory != MemoryKind.Anonymous,
                PageState.Dirty => memory == MemoryKind.File,
                _ => true,
            },
            $"{at}.state", $"a page of {Word.Of(memory)} memory is never '{state}'.");
        Expect(
            run.State switch
            {
                PageState.PoisonMarker => kernel.Behavior.HasPoisonMarkers,
                PageState.GuardMarker => memory == MemoryKind.Anonymous ? kernel.Behavior.HasGuards : kernel.Behavior.HasGuardsInFiles,
                _ => true,
            },
            $"{at}.state", $"{kernel} has no '{state}' in {Word.Of(memory)} memory.");
        Expect(
            run.State != PageState.WriteProtected || region.Userfaultfd == UserfaultfdModes.WriteProtect, $"{at}.state",
            "a page is 'writeProtected' only where the region's 'userfaultfd' is 'writeProtect'.");
        Expect(
            run.State != PageState.Compound || (run.Count == 512 && region is { LengthPages: 512, Address: null }), $"{at}.state",
            "'compound' is a whole region of 512 pages without an address of its own.");

        string nothing = $"a page that is '{state}' has no frame";
        Expect(run.IsInMemory || run.Poison is null, $"{at}.poison", $"{nothing} that could be poisoned.");
        Expect(run.IsInMemory || !run.Pinned, $"{at}.pinned", $"{nothing} that could be pinned.");
        Expect(run.IsInMemory || !run.Locked, $"{at}.locked", $"{nothing} that could be locked.");
        Expect(run.IsInMemory || !run.FileSystemData, $"{at}.fileSystemData", $"{nothing} that data could be kept with.");
        Expect(
            !run.Pinned || run.State is not (PageState.Cached or PageState.Dirty), $"{at}.pinned",
            $"no process maps a page that is '{state}', so none can pin it.");
        Expect(run.Line is null || run.Poison is not null, $"{at}.line", "there is no poison in these pages.");
        Expect(!run.Handled || run.Poison is not null, $"{at}.handled", "there is no poison in these pages.");
        Expect(!run.Handled || !(run.Pinned || run.Locked), $"{at}.handled", "poison in a page that is pinned or locked cannot have been handled.");
        Expect(
            !run.Shared || (memory == MemoryKind.Anonymous && (run.IsInMemory || run.State == PageState.Swapped)), $"{at}.shared",
            "fork shares anonymous pages that were written; the pages of a file are shared anyway.");
        Expect(
            !run.FileSystemData || memory == MemoryKind.File, $"{at}.fileSystemData", "a file system keeps data with pages of regular files only.");
    }

    private static void CheckAction(CollapseScenario scenario, ScenarioAction action, string at, bool between = false)
    {
        string kind = Word.Of(action.Do);
        Expect(
            !between || action.Do is not (ActionKind.Collapse or ActionKind.Expect), $"{at}.do",
            $"'{kind}' cannot happen between the steps of a collapse.");
        ActionMembers.Check(action, at);
        RegionSetup? region = scenario.Regions.FirstOrDefault(region => action.Region is null || region.Name == action.Region);
        if (region is null)
        {
            string names = string.Join(", ", scenario.Regions.Select(region => region.Name ?? "one without a name"));
            throw new ScenarioFault($"{at}.region", $"there is no region '{action.Region}'; there are {names}.");
        }
        CheckRange(region, action.First, action.Count, at);
        CheckPage(region, action.Page, $"{at}.page");
        Expect(
            region.Memory != MemoryKind.Anonymous || action.Do is not (ActionKind.Truncate or ActionKind.PunchHole or ActionKind.WriteBack), at,
            $"'{kind}' needs a file, and the region is anonymous memory.");

        bool isKhugepaged = action.By == CollapseMeans.Khugepaged;
        Expect(isKhugepaged || action.Limits is null, $"{at}.limits", "only khugepaged has limits.");
        Expect(!isKhugepaged || action.Expect?.Errno is null, $"{at}.expect.errno", "khugepaged returns no errno.");
        Expect(!isKhugepaged || action.First is null, $"{at}.first", "khugepaged chooses its ranges itself.");
        Expect(!isKhugepaged || action.Count is null, $"{at}.count", "khugepaged chooses its ranges itself.");
        Expect(
            action.Do != ActionKind.Expect || action.Expect is { Result: null, Errno: null }, $"{at}.expect",
            "results and errnos belong to a collapse; here 'huge' and 'lostPages' can be expected.");
        ExpectNoNull(action.Failures ?? [], $"{at}.failures");
        ExpectNoNull(action.Between ?? [], $"{at}.between");
        for (int i = 0; i < action.Between?.Count; i++)
            CheckAction(scenario, action.Between[i].Action, $"{at}.between[{i}].action", between: true);
    }

    private static void CheckRange(RegionSetup region, int? first, int? count, string at)
    {
        CheckPage(region, first, $"{at}.first");
        Expect(
            count is null || (count > 0 && count <= region.LengthPages - (first ?? 0)), $"{at}.count",
            $"{count} pages from page {first ?? 0} on are outside: {PagesOf(region)}.");
    }

    private static void CheckPage(RegionSetup region, int? page, string at) =>
        Expect(page is null || (page >= 0 && page < region.LengthPages), at, $"page {page} is outside: {PagesOf(region)}.");

    private static string PagesOf(RegionSetup region) => $"the region has the pages 0 to {region.LengthPages - 1}";

    private static void ExpectNoNull<T>(IReadOnlyList<T> elements, string at)
    {
        for (int i = 0; i < elements.Count; i++)
            Expect(elements[i] is not null, $"{at}[{i}]", NoNull);
    }

    private static void Expect(bool holds, string place, string otherwise)
    {
        if (!holds)
            throw new ScenarioFault(place, otherwise);
    }
}
