using System.CommandLine;
using System.Text.Json;
using CopyMc.Bench.Collapse.BuiltIn;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Collapse;
using CopyMc.Simulation;
using Spectre.Console;

namespace CopyMc.Bench.Collapse;

/// <summary><c>copymc collapse</c>: small pages become huge ones on a simulated machine, or do not, and everything is put back.</summary>
internal static class CollapseCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        var name = new Argument<string?>("SCENARIO") { Arity = ArgumentArity.ZeroOrOne, HelpName = "SCENARIO", Description = "A built-in scenario's name, or a JSON file (*.json): see docs/collapse.md." };
        name.CompletionSources.Add([.. BuiltInScenarios.All.Select(scenario => scenario.Name)]);
        var list = new Option<bool>("--list") { Description = "List the built-in scenarios." };
        var all = new Option<bool>("--all") { Description = "Run every built-in scenario for everything that it is for." };
        var show = new Option<bool>("--show") { Description = "Print the built-in scenario as JSON, and do not run it." };
        Option<CollapseMeans?> by = OneOf<CollapseMeans>("--by", "Who collapses in a built-in scenario");
        Option<MemoryKind?> memory = OneOf<MemoryKind>("--memory", "What is collapsed in a built-in scenario");
        var trace = new Option<string?>("--trace")
        {
            Description = "Also write the events, one JSON object a line, in the words of the kernel's huge_memory tracepoints. - is the standard output.",
            HelpName = "FILE",
        };
        var kernel = new Option<KernelVersion?>("--kernel")
        {
            Description = $"The kernel that is modelled: {KernelName.Known}. Default: 6.18, or what the file says. What a built-in scenario expects is expected of 6.18 only.",
            HelpName = "NAME",
            CustomParser = result =>
            {
                if (KernelVersion.TryParse(result.Tokens[0].Value, out KernelVersion? known))
                    return known;
                result.AddError($"--kernel is one of {KernelName.Known}, not '{result.Tokens[0].Value}'.");
                return null;
            },
        };
        kernel.CompletionSources.Clear();
        kernel.CompletionSources.Add([.. KernelVersion.All.Select(known => known.Name)]);
        Option<string?> json = SharedOptions.Json();
        var collapse = new Command("collapse", """
            Runs khugepaged or MADV_COLLAPSE on a simulated machine with real bytes: the steps taken, what took them back, the result, and what it was like before and after.

            Exit codes: 0 if everything was as expected, 1 if something was not, 2 if the scenario is not valid, 3 if a file cannot be read or written.
            """)
        {
            name, list, all, show, by, memory, kernel, trace, json,
        };
        help.Add(
            collapse, "copymc collapse --list", "copymc collapse full", "copymc collapse poison_latent_middle --by madvise --memory shmem",
            "copymc collapse poison_known_middle --kernel 6.1", "copymc collapse fork --show > my.json", "copymc collapse my.json --trace - | jq .event", "copymc collapse --all --json collapse.json");
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
            (CollapseMeans? By, MemoryKind? Memory) chosen = (parsed.GetValue(by), parsed.GetValue(memory));
            if (parsed.GetValue(list))
            {
                CollapseText.WriteList(OutputConsole.Create());
                return ExitCode.Success;
            }
            string? scenario = parsed.GetValue(name);
            if (parsed.GetValue(show))
                return Show(scenario, chosen);
            return Run(scenario, chosen, parsed.GetValue(kernel), parsed.GetValue(trace), parsed.GetValue(json));
        });
        return collapse;
    }

    private static int Show(string? name, (CollapseMeans? By, MemoryKind? Memory) chosen)
    {
        if (name is null)
            throw new InvalidInputException("--show prints one scenario: name it.");
        if (IsFile(name))
            throw new InvalidInputException($"--show prints a built-in scenario; '{name}' is a file.");
        BuiltInScenario scenario = Find(name);
        Console.Out.WriteLine(JsonSerializer.Serialize(scenario.Of(Choose(scenario, chosen)[0]), ScenarioJson.Default.CollapseScenario));
        return ExitCode.Success;
    }

    private static int Run(
        string? name, (CollapseMeans? By, MemoryKind? Memory) chosen, KernelVersion? kernel, string? tracePath, string? jsonPath)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        string? scenarioPath = name is not null && IsFile(name) ? name : null;
        ReportFile? json = ReportFile.For(jsonPath, scenarioPath), traceFile = ReportFile.For(tracePath, scenarioPath, jsonPath);
        IAnsiConsole console = OutputConsole.Create(tracePath == ReportFile.StandardOutput ? tracePath : jsonPath);
        (ScenarioReport Report, CollapseTrace Trace)[] runs = name is null ? RunAll(chosen, kernel, console)
            : scenarioPath is not null ? [RunFile(scenarioPath, chosen, kernel)]
            : [RunBuiltIn(Find(name), chosen, kernel)];
        ScenarioReport[] scenarios = [.. runs.Select(run => run.Report)];
        var report = new CollapseReport
        {
            Scenarios = scenarios,
            EveryCheckHeld = scenarios.All(scenario => scenario.Failures.Count == 0),
        };
        report.Complete(startedAt, MachineProbe.Run(CopyEngine.Shared));
        if (name is null)
            CollapseText.WriteAll(console, report);
        else
            CollapseText.Write(console, report.Scenarios[0]);
        traceFile?.Write(stream => Array.ForEach(runs, run => TraceLines.Write(stream, run.Report, run.Trace)));
        json?.Write(report);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }

    private static (ScenarioReport Report, CollapseTrace Trace)[] RunAll(
        (CollapseMeans? By, MemoryKind? Memory) chosen, KernelVersion? kernel, IAnsiConsole console)
    {
        (BuiltInScenario Scenario, Variant Variant)[] runs =
        [
            .. from scenario in BuiltInScenarios.All from variant in scenario.Variants where IsChosen(variant, chosen) select (scenario, variant),
        ];
        return ProgressView.Run(console, "collapse", progress => runs.Select((run, i) =>
        {
            progress.Report(new PhaseProgress(run.Scenario.Name, (double)i / runs.Length));
            return RunBuiltIn(run.Scenario, (run.Variant.By, run.Variant.Memory), kernel);
        }).ToArray());
    }

    private static (ScenarioReport Report, CollapseTrace Trace) RunBuiltIn(
        BuiltInScenario scenario, (CollapseMeans? By, MemoryKind? Memory) chosen, KernelVersion? kernel)
    {
        Variant variant = Choose(scenario, chosen)[0];
        var trace = new CollapseTrace();
        CollapseScenario built = scenario.Of(variant);
        // What it expects was seen on the default kernel.
        if (kernel is not null && kernel != built.Kernel)
            built = built with { Kernel = kernel, Actions = [.. built.Actions.Select(action => action with { Expect = null })] };
        return (ScenarioRun.Run(scenario.Name, built, trace) with { By = variant.By, Memory = variant.Memory }, trace);
    }

    private static (ScenarioReport Report, CollapseTrace Trace) RunFile(
        string path, (CollapseMeans? By, MemoryKind? Memory) chosen, KernelVersion? kernel)
    {
        if (chosen != (null, null))
            throw new InvalidInputException($"--by and --memory choose among the built-in scenarios; '{path}' says both itself.");
        ScenarioFile file = ScenarioFile.Read(path, kernel);
        var trace = new CollapseTrace();
        try
        {
            return (ScenarioRun.Run(Path.GetFileName(path), file.Scenario, trace), trace);
        }
        catch (ScenarioFault fault)
        {
            throw file.Invalid(fault);
        }
    }

    private static bool IsFile(string name) =>
        name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || name.Contains('/') || (BuiltInScenarios.Find(name) is null && File.Exists(name));

    private static BuiltInScenario Find(string name)
    {
        if (BuiltInScenarios.Find(name) is { } found)
            return found;
        string? nearest = Suggestion.Nearest(name, BuiltInScenarios.All.Select(scenario => scenario.Name));
        string meant = nearest is null ? "" : $" Did you mean '{nearest}'?";
        throw new InvalidInputException($"There is no scenario '{name}'.{meant} copymc collapse --list lists them; a file's name ends with .json.");
    }

    private static Variant[] Choose(BuiltInScenario scenario, (CollapseMeans? By, MemoryKind? Memory) chosen)
    {
        Variant[] variants = [.. scenario.Variants.Where(variant => IsChosen(variant, chosen))];
        return variants.Length > 0 ? variants : throw new InvalidInputException(
            $"'{scenario.Name}' is not for that; it is for "
            + string.Join(", ", scenario.Variants.Select(variant => $"{Word(variant.By)} with {Word(variant.Memory)}")) + ".");
    }

    private static bool IsChosen(Variant variant, (CollapseMeans? By, MemoryKind? Memory) chosen) =>
        variant.By == (chosen.By ?? variant.By) && variant.Memory == (chosen.Memory ?? variant.Memory);

    private static Option<T?> OneOf<T>(string name, string description)
        where T : struct, Enum
    {
        string[] words = [.. Enum.GetValues<T>().Select(Word)];
        var option = new Option<T?>(name)
        {
            Description = $"{description}: {string.Join(", ", words)}. Default: the first that the scenario is for.",
            HelpName = "WORD",
            CustomParser = result =>
            {
                foreach (T value in Enum.GetValues<T>())
                {
                    if (Word(value) == result.Tokens[0].Value)
                        return value;
                }
                result.AddError($"{name} is one of {string.Join(", ", words)}, not '{result.Tokens[0].Value}'.");
                return null;
            },
        };
        // Not .NET's names.
        option.CompletionSources.Clear();
        option.CompletionSources.Add(words);
        return option;
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
