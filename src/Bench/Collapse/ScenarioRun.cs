using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Runs a scenario from its beginning.</summary>
internal static class ScenarioRun
{
    /// <param name="name">What it is called in the report.</param>
    /// <param name="scenario">What <see cref="ScenarioCheck"/> found sensible.</param>
    /// <param name="trace">Where events are written.</param>
    /// <exception cref="ScenarioFault">It asks for what the machine is not or has not.</exception>
    internal static ScenarioReport Run(string name, CollapseScenario scenario, CollapseTrace trace)
    {
        var report = new ScenarioReport
        {
            Name = name,
            Description = scenario.Description,
            By = null,
            Memory = null,
            Kernel = scenario.Kernel.Name,
            KernelPanic = null,
            Collapses = [],
            Failures = [],
            SkippedReason = null,
        };
        try
        {
            return Run(report, scenario, trace);
        }
        catch (PlatformNotSupportedException error)
        {
            return report with { SkippedReason = error.Message };
        }
    }

    private static ScenarioReport Run(ScenarioReport report, CollapseScenario scenario, CollapseTrace trace)
    {
        using var stage = new ScenarioStage(scenario);
        var runner = new ActionRun(stage);
        var collapses = new List<CollapseActionReport>();
        var failures = new List<string>();
        for (int i = 0; i < scenario.Actions.Count; i++)
        {
            ScenarioAction action = scenario.Actions[i];
            string place = $"$.actions[{i}]";
            try
            {
                Run(action, place);
            }
            catch (KernelPanicException)
            {
                if (action.Expect is not null and not { KernelPanic: true })
                    failures.Add($"{place}: a kernel panic");
                return report with { Collapses = collapses, Failures = failures, KernelPanic = place };
            }
            if (action.Expect?.KernelPanic == true)
                failures.Add($"{place}: expected a kernel panic");
        }
        return report with { Collapses = collapses, Failures = failures };

        void Run(ScenarioAction action, string place)
        {
            switch (action.Do)
            {
                case ActionKind.Collapse:
                    CollapseActionReport collapse = new CollapseRun(stage, runner, action, place, trace).Run();
                    collapses.Add(collapse);
                    failures.AddRange(collapse.Violations.Select(violation => $"{place}: {violation}"));
                    Compare(action.Expect?.Result?.ToName(), collapse.Result, $"{place}: the result");
                    Compare(action.Expect?.Errno, collapse.Errno, $"{place}: the errno");
                    break;
                case ActionKind.Expect:
                    break;
                default:
                    ActionResult result = runner.Do(action, place);
                    if (!result.IsDone)
                        failures.Add($"{place}: {action.Do} ended in {result}");
                    break;
            }
            if (action.Expect is { } expected)
            {
                (AddressSpace process, StagedRegion region) = (runner.ProcessOf(action, place), runner.RegionOf(action));
                Compare(expected.Huge, StateReader.Read(stage.Machine, process, region).HugeRanges, $"{place}: huge ranges");
                if (expected.LostPages is not null)
                    Compare(expected.LostPages, new ContentSnapshot(stage).LostPagesOf(process, region), $"{place}: lost pages");
            }
        }

        void Compare(object? expected, object? found, string what)
        {
            if (expected is not null && !expected.Equals(found))
                failures.Add($"{what}: expected {expected}, found {found ?? "nothing"}");
        }
    }
}
