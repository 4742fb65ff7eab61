using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>What the built-in scenarios are put together from.</summary>
internal static class Build
{
    internal const int Pages = PageTable.EntryCount;

    internal static CollapseScenario Scenario(Variant variant, RegionSetup region, params IEnumerable<ScenarioAction> actions) =>
        Scenario(MachineFor(variant), region, actions);

    internal static CollapseScenario Scenario(MachineSetup machine, RegionSetup region, params IEnumerable<ScenarioAction> actions) =>
        new() { Machine = machine, Regions = [region], Actions = [.. actions] };

    /// <summary>The process may collapse whatever the settings say, so they say never.</summary>
    internal static MachineSetup MachineFor(Variant variant) => variant.IsKhugepaged
        ? new MachineSetup()
        : new MachineSetup { Enabled = ThpMode.Never, ShmemEnabled = ThpMode.Never };

    /// <summary>A region that begins with some pages present, neither for nor against huge pages; a regular file is mapped to be read.</summary>
    internal static RegionSetup Region(Variant variant, params IReadOnlyList<PageRun> pages) => new()
    {
        Memory = variant.Memory,
        Advice = RegionAdvice.None,
        Protection = variant.Memory == MemoryKind.File ? RegionProtection.Read : RegionProtection.ReadWrite,
        Pages = pages,
    };

    internal static PageRun Run(int first, int count, PageState state = PageState.Present) => new() { First = first, Count = count, State = state };

    internal static ScenarioAction Touch(Variant variant, int first, int count, int? process = null) => new()
    {
        Do = variant.Memory == MemoryKind.File ? ActionKind.Read : ActionKind.Write,
        First = first,
        Count = count,
        Process = process,
    };

    internal static ScenarioAction Advise(RegionAdvice advice, int? process = null, int? count = null) =>
        new() { Do = ActionKind.Advise, Advice = advice, Process = process, Count = count };

    internal static ScenarioAction ExpectHuge(int huge, int? process = null, int? lostPages = null) =>
        new() { Do = ActionKind.Expect, Process = process, Expect = new Expectation { Huge = huge, LostPages = lostPages } };

    /// <summary>
    /// Asks for huge pages, collapses, and looks. What khugepaged makes of a file is mapped by the next fault only.
    /// </summary>
    internal static IEnumerable<ScenarioAction> CollapseActions(
        Variant variant, CollapseResult result, int huge = 1, int? process = null, LimitsSetup? limits = null,
        IReadOnlyList<InterleavedAction>? between = null, IReadOnlyList<InjectedFailure>? failures = null)
    {
        bool succeeds = result == CollapseResult.Succeed;
        yield return Advise(RegionAdvice.HugePage, process);
        yield return new ScenarioAction
        {
            Do = ActionKind.Collapse,
            By = variant.By,
            Process = process,
            Limits = variant.IsKhugepaged ? limits : null,
            Between = between,
            Failures = failures,
            Expect = new Expectation { Result = result, Errno = variant.IsKhugepaged ? null : ErrnoNames.Of(result.ToErrno(KernelVersion.Linux618)) },
        };
        if (succeeds && variant.IsKhugepaged && variant.Memory != MemoryKind.Anonymous)
            yield return new ScenarioAction { Do = ActionKind.Read, Process = process };
        yield return ExpectHuge(succeeds ? huge : 0, process);
    }

    /// <summary>The kernel's test makes the huge pages that it takes apart with <c>MADV_COLLAPSE</c>.</summary>
    internal static IEnumerable<ScenarioAction> MakeHuge() =>
    [
        new ScenarioAction { Do = ActionKind.Collapse, By = CollapseMeans.Madvise, Expect = new Expectation { Result = CollapseResult.Succeed, Huge = 1 } },
        Advise(RegionAdvice.HugePage),
    ];
}
