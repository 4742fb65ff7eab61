using System.CommandLine;
using System.Diagnostics;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;
using Spectre.Console;

namespace CopyMc.Bench.Limits;

/// <summary><c>copymc bench limits</c>: every promise about speed beside what was seen of it.</summary>
internal static class BenchLimitsCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        Option<int?> rounds = SharedOptions.Rounds(MeasurementSettings.LimitsRounds);
        Option<string?> json = SharedOptions.Json();
        Option<string?> trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        var limits = new Command(
            "limits",
            "What checking and recovering cost, the worst alignment, two threads, up to 4 GiB, and what is wanted of each. About a minute and 8 GiB.")
        {
            rounds, json, trace, smoke,
        };
        help.Add(limits, "copymc bench limits", "COPYMC_KERNEL=native-avx2-erms copymc bench limits --json limits.json");
        limits.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(json), parsed.GetValue(trace), parsed.GetValue(smoke)));
        return limits;
    }

    private static int Run(int? rounds, string? json, string? tracePath, bool smoke)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        long started = Stopwatch.GetTimestamp();
        ReportFile? file = ReportFile.For(json), events = ReportFile.For(tracePath, json);
        CopyEngine engine = CopyEngine.Shared;

        IAnsiConsole console = OutputConsole.Create(json);
        MachineReport machine = MachineProbe.Run(engine);
        MeasurementSettings settings = smoke
            ? MeasurementSettings.Smoke(rounds)
            : MeasurementSettings.Full(rounds ?? MeasurementSettings.LimitsRounds, machine.MemoryAvailableBytes);
        (IReadOnlyList<Limit> limits, TraceReport? trace) = EventTrace.Around(events, () => ProgressView.Run(console, "limits", progress =>
            new LimitsRun(engine, settings, machine.MemoryAvailableBytes, progress).Run()));

        var report = new LimitsReport
        {
            StartedAt = startedAt,
            Machine = machine,
            Rounds = settings.Rounds,
            Limits = limits,
            Trace = trace,
            TotalSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
        };
        LimitsText.Write(console, report);
        TraceText.Write(console, trace);
        file?.Write(report, ReportJson.Default.LimitsReport);
        return ExitCode.Success;
    }
}
