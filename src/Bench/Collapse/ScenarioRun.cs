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
        var deeds = new DeedRun(stage);
        var collapses = new List<CollapseActReport>();
        var failures = new List<string>();
        for (int i = 0; i < scenario.Acts.Count; i++)
        {
            ScenarioAct act = scenario.Acts[i];
            string place = $"$.acts[{i}]";
            try
            {
                Run(act, place);
            }
            catch (KernelPanicException)
            {
                if (act.Expect is not null and not { KernelPanic: true })
                    failures.Add($"{place}: a kernel panic");
                return report with { Collapses = collapses, Failures = failures, KernelPanic = place };
            }
            if (act.Expect?.KernelPanic == true)
                failures.Add($"{place}: expected a kernel panic");
        }
        return report with { Collapses = collapses, Failures = failures };

        void Run(ScenarioAct act, string place)
        {
            switch (act.Do)
            {
                case Deed.Collapse:
                    CollapseActReport collapse = new CollapseRun(stage, deeds, act, place, trace).Run();
                    collapses.Add(collapse);
                    failures.AddRange(collapse.Violations.Select(violation => $"{place}: {violation}"));
                    Compare(act.Expect?.Result?.ToName(), collapse.Result, $"{place}: the result");
                    Compare(act.Expect?.Errno, collapse.Errno, $"{place}: the errno");
                    break;
                case Deed.Expect:
                    break;
                default:
                    ActionResult result = deeds.Do(act, place);
                    if (!result.IsDone)
                        failures.Add($"{place}: {act.Do} ended in {result}");
                    break;
            }
            if (act.Expect is { } expected)
            {
                (AddressSpace process, StagedRegion region) = (deeds.ProcessOf(act, place), deeds.RegionOf(act));
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
