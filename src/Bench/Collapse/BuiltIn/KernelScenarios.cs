using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;
using static CopyMc.Bench.Collapse.BuiltIn.Build;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>The scenarios of the kernel's own test, for what it runs them for (<c>tools/testing/selftests/mm/khugepaged.c</c>).</summary>
internal static class KernelScenarios
{
    private const int Half = Pages / 2, MaxPtesSwap = 64, MaxPtesShared = 256, Child = 1;
    private const MemoryKind Anonymous = MemoryKind.Anonymous, Shmem = MemoryKind.Shmem, RegularFile = MemoryKind.File;

    internal static IReadOnlyList<BuiltInScenario> All { get; } =
    [
        new("full", "four ranges with every page present", Variant.Of(Anonymous, RegularFile, Shmem), Full),
        new("empty", "nothing was ever touched: the area is passed over", Variant.Of(Anonymous), variant => Scenario(
            variant, Region(variant), CollapseActions(variant, CollapseResult.VmaCheck))),
        new("single_pte_entry", "one page is present", Variant.Of(Anonymous, RegularFile, Shmem), variant => Scenario(
            variant, Region(variant, Run(0, 1)), CollapseActions(variant, CollapseResult.Succeed))),
        new("max_ptes_none", "one absent page too many for khugepaged, then just as many as it accepts", Variant.Of(Anonymous, RegularFile), MaxPtesNone),
        new("single_pte_entry_compound", "one entry maps a page of a huge page", Variant.Of(Anonymous, RegularFile), SinglePteEntryCompound),
        new("full_of_compound", "every entry maps a page of the same huge page", Variant.Of(Anonymous, RegularFile, Shmem), FullOfCompound),
        new("compound_extreme", "every entry maps a page of another huge page: 512 of them", Variant.Of(Anonymous), variant => Scenario(
            MachineFor(variant) with { MemoryMiB = 1040 }, Region(variant, Run(0, Pages, PageState.Compound)), CollapseActions(variant, CollapseResult.Succeed))),
        new("swapin_single_pte", "one page is in swap", Variant.Of(Anonymous), variant => Scenario(
            variant, Region(variant, Run(0, Pages), Run(0, 1, PageState.Swapped)), CollapseActions(variant, CollapseResult.Succeed))),
        new("max_ptes_swap", "one swapped page too many for khugepaged, then just as many as it accepts", Variant.Of(Anonymous), MaxSwap),
        new("fork", "one page is shared with the parent", Variant.Of(Anonymous), Fork),
        new("fork_compound", "the parent has the huge page, the child a page table over it", Variant.Of(Anonymous), ForkCompound),
        new("max_ptes_shared", "one shared page too many for khugepaged, then just as many as it accepts", Variant.Of(Anonymous), MaxShared),
        new("existing_thps", "what is huge already is collapsed again", Variant.Madvise(Anonymous, RegularFile, Shmem), variant => Scenario(
            variant, Region(variant, Run(0, Pages)), CollapseActions(variant, CollapseResult.Succeed).Concat(CollapseActions(variant, CollapseResult.Succeed)))),
        new("retracted_page_tables", "khugepaged has made the file huge and dropped the page table", Variant.Madvise(RegularFile, Shmem), RetractedPageTables),
        new("alloc_at_fault", "the first touch gives a huge page, dropping a page of it a page table", Variant.Of(Anonymous), AllocAtFault),
    ];

    private static CollapseScenario Full(Variant variant)
    {
        const int Ranges = 4;
        return Scenario(
            MachineFor(variant) with { MemoryMiB = 24 }, Region(variant, Run(0, Ranges * Pages)) with { LengthPages = Ranges * Pages },
            CollapseActions(variant, CollapseResult.Succeed, huge: Ranges));
    }

    private static CollapseScenario MaxPtesNone(Variant variant)
    {
        var limits = new LimitsSetup { MaxPtesNone = Half };
        RegionSetup region = Region(variant, Run(0, Pages - Half - 1));
        return variant.IsKhugepaged
            ? Scenario(
                variant, region,
                [
                    .. CollapseActions(variant, CollapseResult.ExceedNonePte, limits: limits), Touch(variant, 0, Pages - Half),
                    .. CollapseActions(variant, CollapseResult.Succeed, limits: limits),
                ])
            : Scenario(variant, region, CollapseActions(variant, CollapseResult.Succeed));
    }

    private static CollapseScenario SinglePteEntryCompound(Variant variant) => Scenario(
        variant, Region(variant, Run(0, Pages)),
        [
            .. MakeHuge(), Advise(RegionAdvice.NoHugePage), new ScenarioAction { Do = ActionKind.DontNeed, First = 1, Count = Pages - 1 }, ExpectHuge(0),
            .. CollapseActions(variant, CollapseResult.Succeed),
        ]);

    private static CollapseScenario FullOfCompound(Variant variant) => Scenario(
        variant, Region(variant, Run(0, Pages)),
        [
            .. MakeHuge(), Advise(RegionAdvice.NoHugePage, count: 1), Advise(RegionAdvice.NoHugePage), ExpectHuge(0),
            .. CollapseActions(variant, CollapseResult.Succeed),
        ]);

    private static CollapseScenario MaxSwap(Variant variant)
    {
        RegionSetup region = Region(variant, Run(0, Pages), Run(0, MaxPtesSwap + 1, PageState.Swapped));
        return variant.IsKhugepaged
            ? Scenario(
                variant, region,
                [
                    .. CollapseActions(variant, CollapseResult.ExceedSwapPte), Touch(variant, 0, Pages),
                    new ScenarioAction { Do = ActionKind.PageOut, First = 0, Count = MaxPtesSwap },
                    .. CollapseActions(variant, CollapseResult.Succeed),
                ])
            : Scenario(variant, region, CollapseActions(variant, CollapseResult.Succeed));
    }

    private static CollapseScenario Fork(Variant variant) => Scenario(
        variant, Region(variant, Run(0, 1)),
        [
            new ScenarioAction { Do = ActionKind.Fork }, ExpectHuge(0, Child), Touch(variant, 1, 1, Child),
            .. CollapseActions(variant, CollapseResult.Succeed, process: Child),
            new ScenarioAction { Do = ActionKind.Exit, Process = Child }, ExpectHuge(0),
        ]);

    private static CollapseScenario ForkCompound(Variant variant) => Scenario(
        variant, Region(variant, Run(0, Pages)),
        [
            .. MakeHuge(), new ScenarioAction { Do = ActionKind.Fork }, ExpectHuge(1, Child),
            Advise(RegionAdvice.NoHugePage, Child, count: 1), Advise(RegionAdvice.NoHugePage, Child), ExpectHuge(0, Child), Touch(variant, 0, 1, Child),
            .. CollapseActions(variant, CollapseResult.Succeed, process: Child, limits: new LimitsSetup { MaxPtesShared = Pages - 1 }),
            new ScenarioAction { Do = ActionKind.Exit, Process = Child }, ExpectHuge(1),
        ]);

    private static CollapseScenario MaxShared(Variant variant)
    {
        IEnumerable<ScenarioAction> begin =
        [
            .. MakeHuge(), new ScenarioAction { Do = ActionKind.Fork }, ExpectHuge(1, Child),
            Touch(variant, 0, Pages - MaxPtesShared - 1, Child), ExpectHuge(0, Child),
        ];
        IEnumerable<ScenarioAction> collapse = variant.IsKhugepaged
            ?
            [
                .. CollapseActions(variant, CollapseResult.ExceedSharedPte, process: Child), Touch(variant, 0, Pages - MaxPtesShared, Child),
                .. CollapseActions(variant, CollapseResult.Succeed, process: Child),
            ]
            : CollapseActions(variant, CollapseResult.Succeed, process: Child);
        return Scenario(
            variant, Region(variant, Run(0, Pages)),
            [.. begin, .. collapse, new ScenarioAction { Do = ActionKind.Exit, Process = Child }, ExpectHuge(1)]);
    }

    private static CollapseScenario RetractedPageTables(Variant variant) => Scenario(
        new MachineSetup(), Region(variant, Run(0, Pages)),
        [
            Advise(RegionAdvice.HugePage),
            new ScenarioAction { Do = ActionKind.Collapse, By = CollapseMeans.Khugepaged, Expect = new Expectation { Result = CollapseResult.Succeed, Huge = 0 } },
            .. CollapseActions(variant, CollapseResult.Succeed),
        ]);

    /// <summary>What the kernel's test leaves as a page table, this one collapses again.</summary>
    private static CollapseScenario AllocAtFault(Variant variant) => Scenario(
        new MachineSetup { HugePagesAtFault = true, Enabled = ThpMode.Always }, Region(variant),
        [
            Touch(variant, 0, 1), ExpectHuge(1), new ScenarioAction { Do = ActionKind.DontNeed, First = 0, Count = 1 }, ExpectHuge(0),
            .. CollapseActions(variant, CollapseResult.Succeed),
        ]);
}
