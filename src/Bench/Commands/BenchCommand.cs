using System.CommandLine;
using System.Diagnostics;
using BenchmarkDotNet.Running;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measurement;
using CopyMc.Bench.Output;
using Spectre.Console;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc bench</c>: the quick table, the limits, and the BenchmarkDotNet suites.</summary>
internal static class BenchCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        var bench = new Command("bench", "Measures.")
        {
            CreateQuick(help), BenchLimitsCommand.Create(help), BenchSuiteCommands.CreateThroughput(help), BenchRecoveryCommand.Create(help),
            BenchSalvageCommand.Create(help), BenchCollapseCommand.Create(help), BenchSuiteCommands.CreateScaling(help), CreateSuites(help),
        };
        help.Add(bench, "copymc bench quick", "copymc bench limits", "copymc bench suites -- --list flat");
        return bench;
    }

    private static Command CreateQuick(HelpWithExamples help)
    {
        Option<int?> rounds = SharedOptions.Rounds(MeasurementSettings.QuickRounds);
        Option<string?> json = SharedOptions.Json();
        Option<bool> smoke = SharedOptions.Smoke();
        var quick = new Command("quick", "The engine's ratio to NativeMemory.Copy from 64 B to 64 MiB, hot and cold, in under a minute.")
        {
            rounds, json, smoke,
        };
        help.Add(quick, "copymc bench quick", "copymc bench quick --rounds 101 --json ratios.json");
        quick.SetAction(parsed => Quick(parsed.GetValue(rounds), parsed.GetValue(json), parsed.GetValue(smoke)));
        return quick;
    }

    private static Command CreateSuites(HelpWithExamples help)
    {
        var options = new Argument<string[]>("options") { Description = "BenchmarkDotNet's own, after --.", Arity = ArgumentArity.ZeroOrMore };
        var suites = new Command("suites", "All BenchmarkDotNet suites.") { options };
        help.Add(suites, "copymc bench suites -- --list flat", "copymc bench suites -- --filter '*Check*'");
        suites.SetAction(parsed =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(BenchCommand).Assembly).Run(parsed.GetValue(options) ?? []);
            return ExitCode.Success;
        });
        return suites;
    }

    private static int Quick(int? rounds, string? json, bool smoke)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        long started = Stopwatch.GetTimestamp();
        ReportFile? file = ReportFile.For(json);
        CopyEngine engine = CopyEngine.Shared;
        CopyEngine streaming = new(new CopyEngineOptions { Hint = CopyHint.Streaming });

        IAnsiConsole console = OutputConsole.Create(json);
        MachineReport machine = MachineProbe.Run(engine);
        MeasurementSettings settings = smoke
            ? MeasurementSettings.Smoke(rounds)
            : MeasurementSettings.Full(rounds ?? MeasurementSettings.QuickRounds, machine.MemoryAvailableBytes);
        ThroughputReport throughput = ProgressView.Run(console, "throughput", progress =>
            new ThroughputRun(settings, progress).Run(MeasurementPoint.Quick, point =>
                Contenders.Quick(point, point.Hint == CopyHint.Streaming ? streaming : engine)));
        QuickText.Write(console, throughput);

        var report = new QuickReport
        {
            StartedAt = startedAt,
            Machine = machine,
            Throughput = throughput,
            TotalSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            EveryCheckHeld = throughput.EveryCheckHeld,
        };
        file?.Write(report, ReportJson.Default.QuickReport);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }
}
