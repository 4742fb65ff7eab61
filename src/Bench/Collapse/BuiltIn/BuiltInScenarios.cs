using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;
using static CopyMc.Collapse.CollapseResult;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>The scenarios that have a name.</summary>
internal static class BuiltInScenarios
{
    private const int Pages = PageTable.EntryCount, Middle = Pages / 2, LastLine = PageRun.LastLine;
    private const int MaxPtesNone = Pages / 2, MaxPtesSwap = 64, MaxPtesShared = 256;
    private const MemoryKind Anonymous = MemoryKind.Anonymous, Shmem = MemoryKind.Shmem, RegularFile = MemoryKind.File;

    internal static IReadOnlyList<BuiltInScenario> All { get; } = [.. OfTheKernelsTest(), .. WithPoison(), .. WithOtherObstacles()];

    internal static BuiltInScenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    /// <summary>The scenarios of the kernel's own test, for the same variants (<c>tools/testing/selftests/mm/khugepaged.c</c>).</summary>
    private static BuiltInScenario[] OfTheKernelsTest() =>
    [
        new("full", "four ranges with every page present", Variant.Of(Anonymous, RegularFile, Shmem), scenario => scenario
            .Machine(machine => machine with { MemoryMiB = 24 }).Pages(0, 4 * Pages).Collapse(Succeed, huge: 4)),
        new("empty", "no page was ever touched: the area is skipped", Variant.Of(Anonymous), scenario => scenario.Collapse(VmaCheck)),
        new("single_pte_entry", "one page is present",
            Variant.Of(Anonymous, RegularFile, Shmem), scenario => scenario.Pages(0, 1).Collapse(Succeed)),
        new("max_ptes_none", "one absent page too many for khugepaged, then just as many as it accepts",
            Variant.Of(Anonymous, RegularFile), scenario => scenario
            .Limits(new LimitsSetup { MaxPtesNone = MaxPtesNone }).Pages(0, Pages - MaxPtesNone - 1)
            .IfKhugepaged(scenario => scenario.Collapse(ExceedNonePte).Touch(0, Pages - MaxPtesNone))
            .Collapse(Succeed)),
        new("single_pte_entry_compound", "one entry maps a page of a huge page", Variant.Of(Anonymous, RegularFile), scenario => scenario
            .Pages(0, Pages).MakeHuge().Advise(Advice.NoHugePage).Do(ActionKind.DontNeed, 1, Pages - 1).ExpectHuge(0).Collapse(Succeed)),
        new("full_of_compound", "every entry maps a page of the same huge page",
            Variant.Of(Anonymous, RegularFile, Shmem), scenario => scenario
            .Pages(0, Pages).MakeHuge().Advise(Advice.NoHugePage, count: 1).Advise(Advice.NoHugePage).ExpectHuge(0).Collapse(Succeed)),
        new("compound_extreme", "every entry maps a page of another huge page: 512 of them", Variant.Of(Anonymous), scenario => scenario
            .Machine(machine => machine with { MemoryMiB = 1040 }).Pages(0, Pages, PageState.Compound).Collapse(Succeed)),
        new("swapin_single_pte", "one page is in swap", Variant.Of(Anonymous), scenario => scenario
            .Pages(0, Pages).Pages(0, 1, PageState.Swapped).Collapse(Succeed)),
        new("max_ptes_swap", "one swapped page too many for khugepaged, then just as many as it accepts",
            Variant.Of(Anonymous), scenario => scenario
            .Pages(0, Pages).Pages(0, MaxPtesSwap + 1, PageState.Swapped)
            .IfKhugepaged(scenario => scenario.Collapse(ExceedSwapPte).Touch(0, Pages).Do(ActionKind.PageOut, 0, MaxPtesSwap))
            .Collapse(Succeed)),
        new("fork", "one page is shared with the parent", Variant.Of(Anonymous), scenario => scenario
            .Pages(0, 1).Fork().ExpectHuge(0).Touch(1, 1).Collapse(Succeed).Exit().ExpectHuge(0)),
        new("fork_compound", "the parent has the huge page, the child a page table over it", Variant.Of(Anonymous), scenario => scenario
            .Pages(0, Pages).MakeHuge().Fork().ExpectHuge(1)
            .Advise(Advice.NoHugePage, count: 1).Advise(Advice.NoHugePage).ExpectHuge(0).Touch(0, 1)
            .Limits(new LimitsSetup { MaxPtesShared = Pages - 1 }).Collapse(Succeed).Exit().ExpectHuge(1)),
        new("max_ptes_shared", "one shared page too many for khugepaged, then just as many as it accepts",
            Variant.Of(Anonymous), scenario => scenario
            .Pages(0, Pages).MakeHuge().Fork().ExpectHuge(1).Touch(0, Pages - MaxPtesShared - 1).ExpectHuge(0)
            .IfKhugepaged(scenario => scenario.Collapse(ExceedSharedPte).Touch(0, Pages - MaxPtesShared))
            .Collapse(Succeed).Exit().ExpectHuge(1)),
        new("existing_thps", "a huge page is collapsed again", Variant.Madvise(Anonymous, RegularFile, Shmem), scenario => scenario
            .Pages(0, Pages).Collapse(Succeed).Collapse(Succeed)),
        new("retracted_page_tables", "khugepaged has made the file huge and dropped the page table",
            Variant.Madvise(RegularFile, Shmem), scenario => scenario
            .Machine(_ => new MachineSetup()).Pages(0, Pages)
            .Advise(Advice.HugePage).CollapseOnly(CollapseMeans.Khugepaged, huge: 0).Collapse(Succeed)),
        // The kernel's test leaves a page table; here it is collapsed again.
        new("alloc_at_fault", "the first touch maps a huge page; dropping one of its pages splits the mapping",
            Variant.Of(Anonymous), scenario => scenario
            .Machine(_ => new MachineSetup { HugePagesAtFault = true, Enabled = ThpMode.Always })
            .Touch(0, 1).ExpectHuge(1).Do(ActionKind.DontNeed, 0, 1).ExpectHuge(0).Collapse(Succeed)),
    ];

    /// <summary>Poison, which the kernel's test does not have.</summary>
    private static IEnumerable<BuiltInScenario> WithPoison() =>
    [
        .. from kind in Enum.GetValues<PoisonKind>()
           from place in ((string Name, int Page, int Line)[])[("first", 0, 0), ("middle", Middle, LastLine / 2), ("last", Pages - 1, LastLine)]
           select new BuiltInScenario(
               $"poison_{Word.Of(kind)}_{place.Name}",
               $"{Word.Of(kind)} poison in the {place.Name} page: the copy finds it, and the collapse is undone",
               Variant.All, scenario => CollapsePoisoned(scenario, kind, place.Page, place.Line)),
        new("poison_found_then_refused", "after memory failure has handled the poison, the next collapse fails early, or a file's page is read again",
            Variant.All, scenario =>
        {
            CollapsePoisoned(scenario, PoisonKind.Known, Middle, 0);
            CollapseAfterHandling(scenario);
        }),
        new("poison_handled_before", "memory failure handled the page before the collapse",
            Variant.All, scenario => CollapseAfterHandling(scenario
            .Pages(0, Pages).Pages(new PageRun { First = Middle, Poison = PoisonKind.Known, Handled = true }))),
        new("poison_while_copying", "one page is poisoned after it was copied, another before", Variant.All, scenario => scenario
            .Pages(0, Pages).Collapse(CollapseResult.CopyMc, between:
            [
                Before(CollapseStep.Copy, Middle, new ScenarioAction { Do = ActionKind.Poison, Page = 10 }),
                Before(CollapseStep.Copy, Middle, new ScenarioAction { Do = ActionKind.Poison, Page = Middle + 10 }),
            ])),
    ];

    private static void CollapsePoisoned(ScenarioBuilder scenario, PoisonKind kind, int page, int line) => scenario
        .Pages(0, Pages).Pages(new PageRun { First = page, Poison = kind, Line = line }).Collapse(CollapseResult.CopyMc)
        // A clean page of a file is still on disk: it is only dropped.
        .ExpectHuge(0, lostPages: scenario.Memory == RegularFile ? 0 : 1);

    /// <summary>
    /// A poisoned entry counts as swapped: khugepaged, which accepts none, refuses it, and madvise cannot bring it in. Shmem keeps the
    /// page, off the LRU. A file's page was dropped.
    /// </summary>
    private static void CollapseAfterHandling(ScenarioBuilder scenario) => scenario
        .Limits(new LimitsSetup { MaxPtesSwap = 0 })
        .Collapse(scenario.Memory switch
        {
            Anonymous => scenario.IsKhugepaged ? ExceedSwapPte : Fail,
            Shmem => PageLru,
            _ => Succeed,
        });

    /// <summary>Other obstacles, before the collapse or between its steps.</summary>
    private static BuiltInScenario[] WithOtherObstacles() =>
    [
        new("no_huge_page", "no huge page is free", Variant.All, scenario => scenario
            .Pages(0, Pages).Collapse(AllocHugePageFail, failure: FailurePoint.HugePageAllocation)),
        new("over_the_limit", "the memory control group allows no further huge page", Variant.All, scenario => scenario
            .Machine(machine => machine with { LimitPages = Pages + Middle }).Pages(0, Pages).Collapse(CgroupChargeFail)),
        new("page_locked", "a page is locked", Variant.All, scenario => scenario
            .Pages(0, Pages).Pages(new PageRun { First = Middle, Locked = true }).Collapse(PageLock)),
        new("page_pinned", "a page is pinned", Variant.All, scenario => scenario
            .Pages(0, Pages).Pages(new PageRun { First = Middle, Pinned = true }).Collapse(PageCount)),
        new("write_while_copying", "a store to a page that is being copied waits for the collapse, or for the page",
            Variant.Of(Anonymous, Shmem), scenario => scenario
            .Pages(0, Pages).Collapse(Succeed, between:
                [Before(CollapseStep.Copy, Middle, new ScenarioAction { Do = ActionKind.Write, First = Middle, Count = 1 })])),
        new("fork_while_allocating", "between the scan and the copy every page becomes shared",
            Variant.Madvise(Anonymous), scenario => scenario
            .Pages(0, Pages).Collapse(Succeed, between: [Before(CollapseStep.Allocate, 0, new ScenarioAction { Do = ActionKind.Fork })])),
        new("exit_while_allocating", "the process exits while the huge page is allocated", Variant.Of(Anonymous), scenario => scenario
            .Pages(0, Pages).Collapse(AnyProcess, look: false, between:
                [Before(CollapseStep.Revalidate, 0, new ScenarioAction { Do = ActionKind.Exit })])),
        new("truncate_while_reserving", "the file is truncated before its pages are isolated", Variant.Of(Shmem), scenario => scenario
            .Pages(0, Pages).Collapse(Truncated, between:
                [Before(CollapseStep.Isolate, 0, new ScenarioAction { Do = ActionKind.Truncate, LengthPages = 0 })])),
        new("punch_while_copying", "punching a hole for a page that is being copied waits for the page", Variant.Of(Shmem), scenario => scenario
            .Pages(0, Pages).Collapse(Succeed, look: false, between:
                [Before(CollapseStep.Copy, Middle, new ScenarioAction { Do = ActionKind.PunchHole, First = Middle, Count = 1 })])),
    ];

    private static InterleavedAction Before(CollapseStep step, int page, ScenarioAction action) =>
        new() { At = step, Page = page, Action = action };
}
