using System.CommandLine;
using CopyMc.Bench.Collapse;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Probe;
using CopyMc.Bench.Report;
using CopyMc.Bench.Rescue;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;
using CopyMc.Bench.Watch;
using Spectre.Console;

namespace CopyMc.Bench.MainJob;

/// <summary><c>copymc</c> without a command: the machine, the throughput, and the recovery on a real file.</summary>
internal static class MainJobCommand
{
    /// <summary>Few, because it times many contenders.</summary>
    private const int DefaultRounds = 15;

    private const int SmokeRounds = 2;

    internal static RootCommand Create()
    {
        var input = new Option<string?>("--input")
        {
            Description = "The file for the recovery part. Default: the largest native library of the .NET runtime.",
            HelpName = "FILE",
        };
        Option<string?> json = SharedOptions.Json();
        Option<int?> rounds = SharedOptions.Rounds(DefaultRounds);
        Option<bool> smoke = SharedOptions.Smoke();

        // Each paragraph is one line: the help wraps it to the width of the terminal.
        var root = new RootCommand("""
            Copies memory that may be poisoned, fast, and returns the number of bytes that it did not copy.

            Without a command: shows what this machine can do, measures throughput, and proves the recovery on a real file; under a minute.

            Exit codes: 0 if every check held, 1 if one failed, 2 if the command line, COPYMC_KERNEL or an input file is not valid, 3 if a file cannot be read or written.
            """)
        {
            input, json, rounds, smoke,
        };
        HelpWithExamples help = HelpWithExamples.Install(root);
        help.Add(root, "copymc", "copymc --input /bin/bash --json result.json", "COPYMC_KERNEL=native-avx2 copymc", "copymc bench quick",
            "copymc rescue /dev/sdb1 disk.img", "copymc collapse poison_known_middle");
        root.Add(ProbeCommand.Create(help));
        root.Add(BenchCommand.Create(help));
        foreach (Measurement measurement in ResultSchema.All.OfType<Measurement>().Where(measurement => !measurement.IsUnderBench))
            root.Add(measurement.Create(help));
        root.Add(WatchCommand.Create(help));
        root.Add(ReportCommand.Create(help));
        root.Add(SchemaCommand.Create(help));
        root.Add(CompletionCommand.Create(help));
        root.Add(RescueCommand.Create(help));
        root.Add(CollapseCommand.Create(help));
        root.Add(HelpCommand.Create(help, root));
        root.SetAction(parsed => Run(parsed.GetValue(input), parsed.GetValue(json), parsed.GetValue(rounds), parsed.GetValue(smoke)));
        return root;
    }

    private static int Run(string? input, string? json, int? rounds, bool smoke)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        // Wrong files are reported before anything is measured.
        input ??= InputFile.Default;
        InputFile.Open(input).Dispose();
        ReportFile? file = ReportFile.For(json, input);
        CopyEngine engine = CopyEngine.Shared;

        IAnsiConsole console = OutputConsole.Create(json);
        var document = new ConsoleDocument(console);
        document.Section("1. The machine");
        MachineReport machine = MachineProbe.Run(engine);
        MachineDescription.WriteShort(document, machine);

        document.Section("2. Throughput");
        var clock = new ClockDrift();
        MeasurementSettings settings = smoke
            ? MeasurementSettings.Smoke(rounds ?? SmokeRounds)
            : MeasurementSettings.Full(rounds ?? DefaultRounds, machine.MemoryAvailableBytes);
        ThroughputReport throughput = ProgressView.Run(console, "throughput", progress =>
        {
            IReadOnlyList<Contender> contenders = Contenders.All(engine);
            return new ThroughputRun(settings, progress).Run(MeasurementPoint.MainJob, _ => contenders);
        });
        ThroughputText.Write(document, throughput, machine);

        document.Section("3. Recovery on real input");
        RecoveryReport recovery = ProgressView.Run(console, "recovery", progress => new RecoveryRun(engine, input, progress).Run());
        RecoveryText.Write(document, recovery);

        var report = new MainJobReport(throughput, recovery)
        {
            EveryCheckHeld = recovery.Cases.All(one => one.EveryCheckHeld) && throughput.EveryCheckHeld,
        };
        report.Complete(startedAt, machine, clock: clock);
        console.WriteLine();
        report.WriteWarnings(document);
        console.WriteLine(Verdict(report));
        file?.Write(report);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }

    private static string Verdict(MainJobReport report)
    {
        string verdict = report.EveryCheckHeld ? "Every check held" : "A CHECK FAILED";
        string skipped = report.Recovery.LatentSkippedReason is null ? "" : "; latent poison was skipped";
        return $"{verdict}{skipped}; {Units.Number(report.TotalSeconds)} s.";
    }
}
