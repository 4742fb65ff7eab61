using System.CommandLine;
using System.Diagnostics;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measurement;
using CopyMc.Bench.Output;
using CopyMc.Bench.Recovery;
using Spectre.Console;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc</c> without a command: the machine, the throughput, and the recovery on a real file.</summary>
internal static class MainJobCommand
{
    internal static RootCommand Create()
    {
        var input = new Option<string?>("--input") { Description = "The file for the recovery part. Default: the largest native library of the .NET runtime.", HelpName = "FILE" };
        var json = new Option<string?>("--json") { Description = "Also write everything as JSON, with units in the names.", HelpName = "FILE" };
        var rounds = new Option<int?>("--rounds") { Description = $"How often each copy is timed at each size. Default: {MeasurementSettings.DefaultRounds}.", HelpName = "N" };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--rounds takes a number from 1 on.");
        });
        // For those who want to see that all of it runs.
        var smoke = new Option<bool>("--smoke") { Description = "Measure for moments only: the figures mean nothing.", Hidden = true };

        var root = new RootCommand("""
            Copies memory that may be poisoned, fast, and lives to tell how much it did not copy.

            Without a command: shows what this machine can do, measures throughput, and proves the recovery on a real file, in under
            a minute. The exit code is 0 only if every check held, 1 if one failed or a file cannot be read or written, 2 for a
            command line that cannot be understood.

            Examples:
              copymc
              copymc --input /bin/bash --json result.json
              COPYMC_KERNEL=native-avx2 copymc
              copymc bench quick
            """)
        {
            input, json, rounds, smoke, BenchCommand.Create(),
        };
        root.SetAction(parsed => Run(parsed.GetValue(input), parsed.GetValue(json), parsed.GetValue(rounds), parsed.GetValue(smoke)));
        return root;
    }

    private static int Run(string? input, string? json, int? rounds, bool smoke)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        long started = Stopwatch.GetTimestamp();
        input ??= DefaultInput.Find();
        // Before a minute is spent on measuring.
        using (File.OpenRead(input))
        {
        }

        IAnsiConsole console = CommandLine.Output();
        CopyEngine engine = CopyEngine.Shared;
        Heading(console, "1. The machine");
        MachineReport machine = MachineProbe.Run(engine);
        MachineText.Write(console, machine);

        Heading(console, "2. Throughput");
        MeasurementSettings settings = smoke ? MeasurementSettings.Smoke(rounds) : MeasurementSettings.Full(rounds, machine.MemoryBytes);
        ThroughputReport throughput = ProgressView.Run(console, "throughput", progress =>
        {
            IReadOnlyList<Contender> contenders = Contenders.All(engine);
            return new ThroughputRun(settings, progress).Run(MeasurementPoint.MainJob, _ => contenders);
        });
        ThroughputText.Write(console, throughput);

        Heading(console, "3. Recovery on real input");
        RecoveryReport recovery = ProgressView.Run(console, "recovery", progress => new RecoveryRun(engine, input, progress).Run());
        RecoveryText.Write(console, recovery);

        var report = new MainJobReport
        {
            StartedAt = startedAt,
            Machine = machine,
            Throughput = throughput,
            Recovery = recovery,
            TotalSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            EveryCheckHeld = recovery.EveryCheckHeld
                && throughput.Points.All(point => point.EveryCopyComplete && point.Methods.All(method => method.CopiedExactly)),
        };
        console.WriteLine();
        console.WriteLine($"{(report.EveryCheckHeld ? "Every check held" : "A CHECK FAILED")}; {Units.Number(report.TotalSeconds)} s.");
        if (json is not null)
            ReportJson.Write(json, report, ReportJson.Default.MainJobReport);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }

    private static void Heading(IAnsiConsole console, string text)
    {
        console.WriteLine();
        console.Write(new Text(text, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
        console.WriteLine();
    }
}
