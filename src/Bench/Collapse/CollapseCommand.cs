using System.CommandLine;
using System.Text.Json;
using CopyMc.Bench.Collapse.BuiltIn;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Collapse;
using CopyMc.Simulation;
using Spectre.Console;

namespace CopyMc.Bench.Collapse;

/// <summary><c>copymc collapse</c>: runs collapse scenarios on a simulated machine.</summary>
internal static class CollapseCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        var name = new Argument<string?>("SCENARIO")
        {
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "SCENARIO",
            Description = "A built-in scenario's name, or a JSON file (*.json): see docs/collapse.md.",
        };
        name.CompletionSources.Add([.. BuiltInScenarios.All.Select(scenario => scenario.Name)]);
        var list = new Option<bool>("--list") { Description = "List the built-in scenarios." };
        var all = new Option<bool>("--all") { Description = "Run every built-in scenario for every caller and kind of memory that it supports." };
        var show = new Option<bool>("--show") { Description = "Print the built-in scenario as JSON, and do not run it." };
        const string First = "Default: the first that the scenario supports.";
        Option<CollapseMeans?> by = OneOf("--by", "Who collapses in a built-in scenario", First, Words<CollapseMeans>());
        Option<MemoryKind?> memory = OneOf("--memory", "What is collapsed in a built-in scenario", First, Words<MemoryKind>());
        Option<KernelVersion?> kernel = OneOf(
            "--kernel", "The kernel that is modelled",
            "Default: 6.18, or what the file says. What a built-in scenario expects is checked on 6.18 only.",
            KernelVersion.All.ToDictionary(version => version.Name, KernelVersion? (version) => version));
        var trace = new Option<string?>("--trace")
        {
            Description = "Also write the events, one JSON object a line, named like the kernel's huge_memory tracepoints. - is the standard output.",
            HelpName = "FILE",
        };
        Option<string?> json = SharedOptions.Json();
        var collapse = new Command("collapse", """
            Runs khugepaged or MADV_COLLAPSE on a simulated machine with real bytes, and prints the steps, what took them back, the result, and the state before and after.

            Exit codes: 0 if everything was as expected, 1 if something was not, 2 if the scenario is not valid, 3 if a file cannot be read or written.
            """)
        {
            name, list, all, show, by, memory, kernel, trace, json,
        };
        help.Add(
            collapse, "copymc collapse --list", "copymc collapse full", "copymc collapse poison_latent_middle --by madvise --memory shmem",
            "copymc collapse poison_known_middle --kernel 6.1", "copymc collapse fork --show > my.json",
            "copymc collapse my.json --trace - | jq .event", "copymc collapse --all --json collapse.json");
        collapse.Validators.Add(result =>
        {
            int asked = (result.GetValue(name) is null ? 0 : 1) + (result.GetValue(list) ? 1 : 0) + (result.GetValue(all) ? 1 : 0);
            if (asked != 1)
                result.AddError("One of SCENARIO, --list and --all is needed.");
            else if (result.GetValue(json) == ReportFile.StandardOutput && result.GetValue(trace) == ReportFile.StandardOutput)
                result.AddError("--json and --trace cannot both be the standard output.");
        });
        collapse.SetAction(parsed =>
        {
            if (parsed.GetValue(list))
            {
                CollapseText.WriteList(new ConsoleDocument(OutputConsole.Create()));
                return ExitCode.Success;
            }
            string? asked = parsed.GetValue(name);
            bool isFile = asked is not null && IsFile(asked);
            (CollapseMeans?, MemoryKind?) chosen = (parsed.GetValue(by), parsed.GetValue(memory));
            if (parsed.GetValue(show))
                return Show(asked, isFile, chosen);
            if (isFile && chosen != (null, null))
                throw new InvalidInputException($"--by and --memory choose among the built-in scenarios; '{asked}' says both itself.");
            KernelVersion? modelled = parsed.GetValue(kernel);
            List<(string Name, Func<CollapseTrace, ScenarioReport> Run)> runs = [];
            if (isFile)
                runs.Add((asked!, events => ScenarioFile.Run(asked!, modelled, events)));
            else
                runs.AddRange(Choose(asked, chosen).Select(run => (run.Scenario.Name, Run(run.Scenario, run.Variant, modelled))));
            return Run(runs, isAll: asked is null, isFile ? asked : null, parsed.GetValue(trace), parsed.GetValue(json));
        });
        return collapse;
    }

    private static int Show(string? name, bool isFile, (CollapseMeans?, MemoryKind?) chosen)
    {
        if (name is null)
            throw new InvalidInputException("--show prints one scenario: name it.");
        if (isFile)
            throw new InvalidInputException($"--show prints a built-in scenario; '{name}' is a file.");
        (BuiltInScenario scenario, Variant variant) = Choose(name, chosen)[0];
        Console.Out.WriteLine(JsonSerializer.Serialize(scenario.Of(variant), ScenarioJson.Options));
        return ExitCode.Success;
    }

    private static int Run(
        List<(string Name, Func<CollapseTrace, ScenarioReport> Run)> runs, bool isAll, string? scenarioPath, string? tracePath, string? jsonPath)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        ReportFile? json = ReportFile.For(jsonPath, scenarioPath), traceFile = ReportFile.For(tracePath, scenarioPath, jsonPath);
        IAnsiConsole console = OutputConsole.Create(tracePath == ReportFile.StandardOutput ? tracePath : jsonPath);
        CollapseTrace[] traces = [.. runs.Select(_ => new CollapseTrace())];
        ScenarioReport[] scenarios = ProgressView.Run(console, "collapse", progress => runs.Select((run, i) =>
        {
            progress.Report(new PhaseProgress(run.Name, (double)i / runs.Count));
            return run.Run(traces[i]);
        }).ToArray());
        var report = new CollapseReport(scenarios) { EveryCheckHeld = scenarios.All(scenario => scenario.Failures.Count == 0) };
        report.Complete(startedAt, MachineProbe.Run(CopyEngine.Shared));
        report.Write(new ConsoleDocument(console));
        traceFile?.Write(stream =>
        {
            foreach ((ScenarioReport scenario, CollapseTrace trace) in scenarios.Zip(traces))
                TraceLines.Write(stream, scenario, trace);
        });
        json?.Write(report);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }

    private static Func<CollapseTrace, ScenarioReport> Run(BuiltInScenario builtIn, Variant variant, KernelVersion? kernel) => trace =>
    {
        CollapseScenario scenario = builtIn.Of(variant);
        // It expects what was seen on the default kernel.
        if (kernel is not null && kernel != scenario.Kernel)
            scenario = scenario with { Kernel = kernel, Actions = [.. scenario.Actions.Select(action => action with { Expect = null })] };
        return ScenarioRun.Run(builtIn.Name, scenario, trace) with { By = variant.By, Memory = variant.Memory };
    };

    private static bool IsFile(string name) => name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || name.Contains('/')
        || (BuiltInScenarios.Find(name) is null && File.Exists(name));

    /// <summary>The first variant that was asked for of one scenario, or all of them of all scenarios.</summary>
    private static (BuiltInScenario Scenario, Variant Variant)[] Choose(string? name, (CollapseMeans? By, MemoryKind? Memory) chosen)
    {
        IReadOnlyList<BuiltInScenario> scenarios = name is null ? BuiltInScenarios.All : [BuiltInScenarios.Find(name) ?? throw Unknown(name)];
        IEnumerable<(BuiltInScenario, Variant)> runs =
            from scenario in scenarios
            from variant in scenario.Variants
            where variant.By == (chosen.By ?? variant.By) && variant.Memory == (chosen.Memory ?? variant.Memory)
            select (scenario, variant);
        if (name is null)
            return [.. runs];
        var supported = scenarios[0].Variants.Select(variant => $"{Word.Of(variant.By)} with {Word.Of(variant.Memory)}");
        return runs.Any() ? [runs.First()] : throw new InvalidInputException($"'{name}' does not support that; it supports {string.Join(", ", supported)}.");
    }

    private static InvalidInputException Unknown(string name)
    {
        string? nearest = Suggestion.Nearest(name, BuiltInScenarios.All.Select(scenario => scenario.Name));
        string meant = nearest is null ? "" : $" Did you mean '{nearest}'?";
        return new InvalidInputException(
            $"There is no scenario '{name}'.{meant} copymc collapse --list lists them; a file's name ends with .json.");
    }

    private static Dictionary<string, T?> Words<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToDictionary(Word.Of, T? (value) => value);

    private static Option<T?> OneOf<T>(string name, string description, string byDefault, Dictionary<string, T?> words)
    {
        string all = string.Join(", ", words.Keys);
        var option = new Option<T?>(name)
        {
            Description = $"{description}: {all}. {byDefault}",
            HelpName = "WORD",
            CustomParser = result =>
            {
                if (!words.TryGetValue(result.Tokens[0].Value, out T? value))
                    result.AddError($"{name} is one of {all}, not '{result.Tokens[0].Value}'.");
                return value;
            },
        };
        // Not .NET's names.
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. words.Keys]);
        return option;
    }
}
