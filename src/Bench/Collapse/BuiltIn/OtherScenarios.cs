using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;
using static CopyMc.Bench.Collapse.BuiltIn.Build;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>What else can be in the way of a collapse, before it or in the middle.</summary>
internal static class OtherScenarios
{
    private const int Middle = Pages / 2;

    internal static IReadOnlyList<BuiltInScenario> All { get; } =
    [
        new("no_huge_page", "no huge page is free", Variant.All, variant => Scenario(
            variant, Region(variant, Run(0, Pages)),
            CollapseActions(variant, CollapseResult.AllocHugePageFail, failures: [new InjectedFailure { Point = FailurePoint.HugePageAllocation }]))),
        new("over_the_limit", "the memory control group allows no huge page more", Variant.All, variant => Scenario(
            MachineFor(variant) with { LimitPages = Pages + Middle }, Region(variant, Run(0, Pages)), CollapseActions(variant, CollapseResult.CgroupChargeFail))),
        new("page_locked", "somebody has a page locked", Variant.All, variant => Scenario(
            variant, Region(variant, Run(0, Pages), new PageRun { First = Middle, Locked = true }), CollapseActions(variant, CollapseResult.PageLock))),
        new("page_pinned", "somebody has a page pinned", Variant.All, variant => Scenario(
            variant, Region(variant, Run(0, Pages), new PageRun { First = Middle, Pinned = true }), CollapseActions(variant, CollapseResult.PageCount))),
        new("write_while_copying", "a store to a page that is being copied waits for the collapse, or for the page", Writable(), variant => Scenario(
            variant, Region(variant, Run(0, Pages)),
            CollapseActions(variant, CollapseResult.Succeed, between: [Before(CollapseStep.Copy, new ScenarioAction { Do = ActionKind.Write, First = Middle, Count = 1 }, Middle)]))),
        new("fork_while_allocating", "between the scan and the copy every page becomes shared", Variant.Madvise(MemoryKind.Anonymous), variant => Scenario(
            variant, Region(variant, Run(0, Pages)),
            CollapseActions(variant, CollapseResult.Succeed, between: [Before(CollapseStep.Allocate, new ScenarioAction { Do = ActionKind.Fork })]))),
        new("exit_while_allocating", "the process is gone when the huge page has come", Variant.Of(MemoryKind.Anonymous), variant => Scenario(
            variant, Region(variant, Run(0, Pages)),
            CollapseActions(variant, CollapseResult.AnyProcess, between: [Before(CollapseStep.Revalidate, new ScenarioAction { Do = ActionKind.Exit })]).SkipLast(1))),
        new("truncate_while_reserving", "the file is empty when its pages are to be taken", Variant.Of(MemoryKind.Shmem), variant => Scenario(
            variant, Region(variant, Run(0, Pages)),
            CollapseActions(variant, CollapseResult.Truncated, between: [Before(CollapseStep.Isolate, new ScenarioAction { Do = ActionKind.Truncate, LengthPages = 0 })]))),
        new("punch_while_copying", "a hole for a page that is being copied waits for the page", Variant.Of(MemoryKind.Shmem), variant => Scenario(
            variant, Region(variant, Run(0, Pages)),
            CollapseActions(variant, CollapseResult.Succeed, between:
            [
                Before(CollapseStep.Copy, new ScenarioAction { Do = ActionKind.PunchHole, First = Middle, Count = 1 }, Middle),
            ]).Where(action => action.Do is not (ActionKind.Expect or ActionKind.Read)))),
    ];

    private static IReadOnlyList<Variant> Writable() => Variant.Of(MemoryKind.Anonymous, MemoryKind.Shmem);

    private static InterleavedAction Before(CollapseStep step, ScenarioAction action, int page = 0) => new() { At = step, Page = page, Action = action };
}
