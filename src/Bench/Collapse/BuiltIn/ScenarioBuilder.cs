using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>Puts a scenario with one region together, for one variant.</summary>
internal sealed class ScenarioBuilder(Variant variant)
{
    private readonly List<PageRun> _pages = [];
    private readonly List<ScenarioAction> _actions = [];

    /// <summary>MADV_COLLAPSE works whatever the settings say, so they say never.</summary>
    private MachineSetup _machine = variant.IsKhugepaged ? new() : new() { Enabled = ThpMode.Never, ShmemEnabled = ThpMode.Never };

    private LimitsSetup? _limits;
    private int? _process;

    internal MemoryKind Memory => variant.Memory;

    internal bool IsKhugepaged => variant.IsKhugepaged;

    /// <summary>The region asks neither for huge pages nor against them. A regular file is mapped for reading.</summary>
    internal CollapseScenario Build(string description) => new()
    {
        Description = description,
        Machine = _machine,
        Regions =
        [
            new RegionSetup
            {
                Memory = Memory,
                LengthPages = int.Max(PageTable.EntryCount, _pages.Max(run => (int?)(run.First + run.Count)) ?? 0),
                Advice = Advice.Normal,
                Protection = Memory == MemoryKind.File ? Protection.Read : Protection.ReadWrite,
                Pages = _pages,
            },
        ],
        Actions = _actions,
    };

    internal ScenarioBuilder Machine(Func<MachineSetup, MachineSetup> change)
    {
        _machine = change(_machine);
        return this;
    }

    internal ScenarioBuilder Pages(int first, int count, PageState state = PageState.Present) =>
        Pages(new PageRun { First = first, Count = count, State = state });

    internal ScenarioBuilder Pages(PageRun run)
    {
        _pages.Add(run);
        return this;
    }

    /// <summary>The limits of khugepaged from here on.</summary>
    internal ScenarioBuilder Limits(LimitsSetup limits)
    {
        _limits = variant.IsKhugepaged ? limits : null;
        return this;
    }

    /// <summary>What comes before a collapse by khugepaged only.</summary>
    internal ScenarioBuilder IfKhugepaged(Action<ScenarioBuilder> make)
    {
        if (variant.IsKhugepaged)
            make(this);
        return this;
    }

    /// <summary>The child is the process of the actions until it exits.</summary>
    internal ScenarioBuilder Fork()
    {
        Do(ActionKind.Fork);
        _process = 1;
        return this;
    }

    internal ScenarioBuilder Exit()
    {
        Do(ActionKind.Exit);
        _process = null;
        return this;
    }

    internal ScenarioBuilder Do(ActionKind kind, int? first = null, int? count = null) =>
        Do(new ScenarioAction { Do = kind, First = first, Count = count });

    internal ScenarioBuilder Do(ScenarioAction action)
    {
        _actions.Add(action with { Process = _process });
        return this;
    }

    internal ScenarioBuilder Touch(int first, int count) =>
        Do(Memory == MemoryKind.File ? ActionKind.Read : ActionKind.Write, first, count);

    internal ScenarioBuilder Advise(Advice advice, int? count = null) =>
        Do(new ScenarioAction { Do = ActionKind.Advise, Advice = advice, Count = count });

    internal ScenarioBuilder ExpectHuge(int huge, int? lostPages = null) =>
        Do(new ScenarioAction { Do = ActionKind.Expect, Expect = new Expectation { Huge = huge, LostPages = lostPages } });

    /// <summary>Asks for huge pages, collapses, and looks at the region, if it is still what it was.</summary>
    internal ScenarioBuilder Collapse(
        CollapseResult result, int huge = 1, bool look = true,
        IReadOnlyList<InterleavedAction>? between = null, FailurePoint? failure = null)
    {
        bool succeeds = result == CollapseResult.Succeed;
        Advise(Advice.HugePage);
        Do(new ScenarioAction
        {
            Do = ActionKind.Collapse,
            By = variant.By,
            Limits = _limits,
            Between = between,
            Failures = failure is { } point ? [new InjectedFailure { Point = point }] : null,
            Expect = new Expectation { Result = result, Errno = variant.IsKhugepaged ? null : result.ToErrno(KernelVersion.Linux618) },
        });
        if (!look)
            return this;
        // A fault maps the file that khugepaged has collapsed.
        if (succeeds && variant.IsKhugepaged && Memory != MemoryKind.Anonymous)
            Do(ActionKind.Read);
        return ExpectHuge(succeeds ? huge : 0);
    }

    /// <summary>Makes the huge page that the kernel's test takes apart, as that test does.</summary>
    internal ScenarioBuilder MakeHuge() => CollapseOnly(CollapseMeans.Madvise, huge: 1).Advise(Advice.HugePage);

    internal ScenarioBuilder CollapseOnly(CollapseMeans by, int huge) =>
        Do(new ScenarioAction { Do = ActionKind.Collapse, By = by, Expect = new Expectation { Result = CollapseResult.Succeed, Huge = huge } });
}
