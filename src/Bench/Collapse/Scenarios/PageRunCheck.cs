using System.Text.Json;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Whether a page can be what is said of it.</summary>
internal static class PageRunCheck
{
    private const int Lines = NativeRegion.PageSize / PoisonMap.LineSize;

    /// <exception cref="ScenarioFault">It lies outside of its region, or contradicts itself.</exception>
    internal static void Check(KernelVersion kernel, RegionSetup region, PageRun run, string at)
    {
        int length = region.LengthPages;
        Expect(
            run.First >= 0 && run.First < length, $"{at}.first", $"page {run.First} is outside: the region has the pages 0 to {length - 1}.");
        Expect(
            run.Count > 0 && run.Count <= length - run.First, $"{at}.count",
            $"{run.Count} pages from page {run.First} on are outside: the region has the pages 0 to {length - 1}.");

        MemoryKind memory = region.Memory;
        string state = Word(run.State);
        bool possible = run.State switch
        {
            PageState.Zero or PageState.LazyFree or PageState.Compound => memory == MemoryKind.Anonymous,
            PageState.Swapped or PageState.PoisonMarker or PageState.WriteProtected => memory != MemoryKind.File,
            PageState.Cached => memory != MemoryKind.Anonymous,
            PageState.Dirty => memory == MemoryKind.File,
            _ => true,
        };
        Expect(possible, $"{at}.state", $"a page of {Word(memory)} memory is never '{state}'.");
        bool isKnown = run.State switch
        {
            PageState.PoisonMarker => kernel.Behavior.HasPoisonMarkers,
            PageState.GuardMarker => memory == MemoryKind.Anonymous ? kernel.Behavior.HasGuards : kernel.Behavior.HasGuardsInFiles,
            _ => true,
        };
        Expect(isKnown, $"{at}.state", $"{kernel} has no '{state}' in {Word(memory)} memory.");
        Expect(
            run.State != PageState.WriteProtected || region.Userfaultfd == UserfaultfdRegistration.WriteProtect, $"{at}.state",
            "a page is 'writeProtected' only where the region's 'userfaultfd' is 'writeProtect'.");
        Expect(
            run.State != PageState.Compound || (run.First == 0 && run.Count == length && length == 512 && region.Address is null), $"{at}.state",
            "'compound' is a whole region of 512 pages without an address of its own.");

        bool inMemory = run.State is not (PageState.Absent or PageState.Zero or PageState.Swapped or PageState.PoisonMarker or PageState.GuardMarker);
        string nothing = $"a page that is '{state}' has no frame of its own that";
        Expect(inMemory || run.Poison is null, $"{at}.poison", $"{nothing} could be poisoned.");
        Expect(inMemory || !run.Pinned, $"{at}.pinned", $"{nothing} could be pinned.");
        Expect(inMemory || !run.Locked, $"{at}.locked", $"{nothing} could be locked.");
        Expect(run.State is not (PageState.Cached or PageState.Dirty) || !run.Pinned, $"{at}.pinned", $"what is '{state}' is mapped by nobody who could pin it.");
        Expect(run.Poison is not null || run.Line is null, $"{at}.line", "a line is named, and no poison.");
        Expect(run.Poison is not null || !run.Handled, $"{at}.handled", "nothing was handled: there is no poison.");
        Expect(run.Line is null or (>= 0 and < Lines), $"{at}.line", $"a page has the lines 0 to {Lines - 1}.");
        Expect(!run.Handled || !(run.Pinned || run.Locked), $"{at}.handled", "poison of a page that somebody holds cannot have been handled.");
        Expect(
            !run.Shared || (memory == MemoryKind.Anonymous && (inMemory || run.State == PageState.Swapped)), $"{at}.shared",
            "fork shares anonymous pages that were written; a file's belong to everybody.");
        Expect(!run.FileSystemData || memory == MemoryKind.File, $"{at}.fileSystemData", "a file system keeps data with pages of regular files.");
        Expect(!run.FileSystemData || inMemory, $"{at}.fileSystemData", $"{nothing} it could be kept with.");
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static void Expect(bool holds, string place, string otherwise)
    {
        if (!holds)
            throw new ScenarioFault(place, otherwise);
    }
}
