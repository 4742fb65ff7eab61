using System.CommandLine;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measurement;
using CopyMc.Bench.Output;
using CopyMc.Bench.RecoveryCost;
using CopyMc.Bench.Tracing;
using Spectre.Console;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc bench recovery</c>: what surviving poison costs, as distributions.</summary>
internal static class BenchRecoveryCommand
{
    private const int CleanRounds = 11;

    internal static Command Create(HelpWithExamples help)
    {
        Option<int?> samples = SharedOptions.Number("--samples", "How often each case meets poison", 1, CostSettings.MaxSamples, CostSettings.DefaultSamples);
        Option<string?> json = SharedOptions.Json();
        Option<string?> trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        var recovery = new Command("recovery", """
            What surviving poison costs, as distributions: by source of the fault, place of the poison, kernel, pages and threads, beside the cheapest fault there is and other ways to survive; under a minute.
            """)
        {
            samples, json, trace, smoke,
        };
        help.Add(recovery, "copymc bench recovery", "copymc bench recovery --samples 100000 --json recovery.json");
        recovery.SetAction(parsed => Run(parsed.GetValue(samples), parsed.GetValue(json), parsed.GetValue(trace), parsed.GetValue(smoke)));
        return recovery;
    }

    private static int Run(int? samples, string? json, string? tracePath, bool smoke)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        ReportFile? file = ReportFile.For(json), events = ReportFile.For(tracePath);
        CopyEngine engine = CopyEngine.Shared;
        IAnsiConsole console = OutputConsole.Create(json);
        MachineReport machine = MachineProbe.Run(engine);
        MeasurementSettings clean = smoke ? MeasurementSettings.Smoke(null) : MeasurementSettings.Full(CleanRounds, machine.MemoryAvailableBytes);
        CostSettings settings = smoke ? CostSettings.Smoke(samples) : CostSettings.Full(samples);
        (RecoveryCostReport report, TraceReport? trace) = EventTrace.Around(events, () => ProgressView.Run(console, "recovery", progress =>
            new CostRun(engine, settings, progress).Run(startedAt, machine, clean)));
        report = report with { Trace = trace };
        RecoveryCostText.Write(console, report);
        TraceText.Write(console, trace);
        file?.Write(report, ReportJson.Default.RecoveryCostReport);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }
}
