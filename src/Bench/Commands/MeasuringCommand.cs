using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;
using Spectre.Console;

namespace CopyMc.Bench.Commands;

/// <summary>What the commands that measure do alike: check the output files first, measure under <c>--trace</c>, print, write the JSON.</summary>
internal static class MeasuringCommand
{
    /// <param name="json">The value of <c>--json</c>.</param>
    /// <param name="tracePath">The value of <c>--trace</c>.</param>
    /// <param name="title">The name of the progress bar.</param>
    /// <param name="measure">Measures; is given the machine.</param>
    /// <param name="write">Prints the result.</param>
    /// <returns>The exit code.</returns>
    internal static int Run<T>(
        string? json, string? tracePath, string title, Func<MachineReport, IProgress<PhaseProgress>, T> measure, Action<IAnsiConsole, T> write)
        where T : Result
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        ReportFile? file = ReportFile.For(json), events = ReportFile.For(tracePath, json);
        IAnsiConsole console = OutputConsole.Create(json);
        MachineReport machine = MachineProbe.Run(CopyEngine.Shared);
        (T report, TraceReport? trace) = EventTrace.Around(events, () => ProgressView.Run(console, title, progress => measure(machine, progress)));
        report.Complete(startedAt, machine, trace);
        write(console, report);
        TraceText.Write(console, trace);
        file?.Write(report);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }
}
