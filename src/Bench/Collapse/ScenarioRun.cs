using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Runs a scenario from its beginning.</summary>
internal static class ScenarioRun
{
    /// <param name="name">Its name in the report.</param>
    /// <param name="scenario">A scenario that passes <see cref="ScenarioCheck"/>.</param>
    /// <param name="trace">Where events are written.</param>
    /// <exception cref="ScenarioFault">The machine does not have what it asks for.</exception>
    internal static ScenarioReport Run(string name, CollapseScenario scenario, CollapseTrace trace)
    {
        var collapses = new List<CollapseActionReport>();
        var failures = new List<string>();
        string? panic = null, skipped = null;
        try
        {
            panic = Run(scenario, trace, collapses, failures);
        }
        catch (PlatformNotSupportedException error)
        {
            skipped = error.Message;
            collapses.Clear();
            failures.Clear();
        }
        return new ScenarioReport(name, scenario.Description, By: null, Memory: null, scenario.Kernel.Name, panic, collapses, failures, skipped);
    }

    /// <returns>The place of the action that was a kernel panic; null: none was.</returns>
    private static string? Run(
        CollapseScenario scenario, CollapseTrace trace, List<CollapseActionReport> collapses, List<string> failures)
    {
        using var stage = new ScenarioStage(scenario);
        var runner = new ActionRun(stage);
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
                return place;
            }
            if (action.Expect?.KernelPanic == true)
                failures.Add($"{place}: expected a kernel panic");
        }
        return null;

        void Run(ScenarioAction action, string place)
        {
            switch (action.Do)
            {
                case ActionKind.Collapse:
                    CollapseActionReport collapse = new CollapseRun(stage, runner, action, place, trace).Run();
                    collapses.Add(collapse);
                    failures.AddRange(collapse.Violations.Select(violation => $"{place}: {violation}"));
                    Compare(action.Expect?.Result?.ToName(), collapse.Result, $"{place}: the result");
                    Compare(action.Expect?.Errno is { } errno ? ScenarioJson.NameOf(errno) : null, collapse.Errno, $"{place}: the errno");
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
                Compare(expected.Huge, region.HugeRanges.Count(process.IsHuge), $"{place}: huge ranges");
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
