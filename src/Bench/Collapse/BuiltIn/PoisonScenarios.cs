using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using static CopyMc.Bench.Collapse.BuiltIn.Build;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>Poison, of which the kernel's test has no case.</summary>
internal static class PoisonScenarios
{
    private const int Middle = Pages / 2, LastLine = NativeRegion.PageSize / PoisonMap.LineSize - 1;
    private static readonly LimitsSetup s_noSwap = new() { MaxPtesSwap = 0 };

    internal static IReadOnlyList<BuiltInScenario> All { get; } =
    [
        .. from kind in Enum.GetValues<PoisonKind>()
           from place in new (string Name, int Page, int Line)[] { ("first", 0, 0), ("middle", Middle, LastLine / 2), ("last", Pages - 1, LastLine) }
           select new BuiltInScenario(
               $"poison_{kind.ToString().ToLowerInvariant()}_{place.Name}",
               $"{kind.ToString().ToLowerInvariant()} poison in the {place.Name} page: the copy finds it, and everything is as it was",
               Variant.All, variant => Found(variant, kind, place.Page, place.Line)),
        new("poison_found_then_refused", "once the poison is dealt with, the next collapse is refused early, or a file's page read again", Variant.All, variant =>
        {
            CollapseScenario found = Found(variant, PoisonKind.Known, Middle, 0);
            return found with { Actions = [.. found.Actions, .. Again(variant)] };
        }),
        new("poison_handled_before", "memory-failure handling had the page before anybody collapsed", Variant.All, variant => Scenario(
            variant,
            Region(variant, Run(0, Pages), new PageRun { First = Middle, Poison = PoisonKind.Known, Handled = true }),
            Again(variant))),
        new("poison_while_copying", "a page is poisoned when it is copied already, another before", Variant.All, variant => Scenario(
            variant, Region(variant, Run(0, Pages)),
            CollapseActions(variant, CollapseResult.CopyMc, between: [Poison(Middle, 10), Poison(Middle, Middle + 10)]))),
    ];

    private static CollapseScenario Found(Variant variant, PoisonKind kind, int page, int line) => Scenario(
        variant,
        Region(variant, Run(0, Pages), new PageRun { First = page, Poison = kind, Line = line }),
        // A clean page of a file is on disk still: it is only dropped.
        [.. CollapseActions(variant, CollapseResult.CopyMc), ExpectHuge(0, lostPages: variant.Memory == MemoryKind.File ? 0 : 1)]);

    /// <summary>
    /// An entry of poison counts as swapped: khugepaged that allows none refuses it, madvise fails to bring it in. Shmem keeps the page, off
    /// the LRU. A file's page was dropped.
    /// </summary>
    private static IEnumerable<ScenarioAction> Again(Variant variant) => CollapseActions(
        variant,
        variant.Memory switch
        {
            MemoryKind.Anonymous => variant.IsKhugepaged ? CollapseResult.ExceedSwapPte : CollapseResult.Fail,
            MemoryKind.Shmem => CollapseResult.PageLru,
            _ => CollapseResult.Succeed,
        },
        limits: s_noSwap);

    private static InterleavedAction Poison(int beforePage, int page) => new()
    {
        At = CollapseStep.Copy,
        Page = beforePage,
        Action = new ScenarioAction { Do = ActionKind.Poison, Page = page },
    };
}
