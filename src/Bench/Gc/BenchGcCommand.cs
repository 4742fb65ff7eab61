using System.CommandLine;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Gc;

/// <summary><c>copymc bench gc</c>: how long the garbage collector waits because of a copy.</summary>
internal static class BenchGcCommand
{
    private const int SmokeRounds = 4;

    private const long SmokeBytes = 64L << 20;

    internal static Command Create(HelpWithExamples help)
    {
        Option<int?> rounds = SharedOptions.Rounds(GcCostRun.DefaultRounds);
        Option<string?> json = SharedOptions.Json();
        Option<string?> trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        var gc = new Command("gc", """
            How long the garbage collector waits because of a copy of 1 GiB beside a thread that allocates, and what it would wait if the copy suppressed the GC transition; seconds, and 2 GiB.
            """)
        {
            rounds, json, trace, smoke,
        };
        help.Add(gc, "copymc bench gc", "copymc bench gc --rounds 100 --json gc.json", "copymc bench gc --trace gc.nettrace");
        gc.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(json), parsed.GetValue(trace), parsed.GetValue(smoke)));
        return gc;
    }

    private static int Run(int? rounds, string? json, string? trace, bool smoke)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        ReportFile? file = ReportFile.For(json), events = ReportFile.For(trace, json);
        CopyEngine engine = CopyEngine.Shared;
        IAnsiConsole console = OutputConsole.Create(json);
        MachineReport machine = MachineProbe.Run(engine);
        GcCostReport report = ProgressView.Run(console, "gc", progress =>
            new GcCostRun(engine, smoke ? SmokeBytes : GcCostRun.DefaultCopyBytes, rounds ?? (smoke ? SmokeRounds : GcCostRun.DefaultRounds), progress)
                .Run(startedAt, machine, events));
        GcCostText.Write(console, report);
        file?.Write(report, ReportJson.Default.GcCostReport);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }
}
