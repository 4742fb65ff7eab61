using System.CommandLine;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;
using Spectre.Console;

namespace CopyMc.Bench.Commands;

/// <summary>What the commands that measure do alike: check the output files first, measure under <c>--trace</c>, print, write the JSON.</summary>
internal static class MeasuringCommand
{
    /// <summary>A command with <c>--rounds</c>, <c>--json</c>, <c>--trace</c> and <c>--smoke</c>; its name is the name of the progress bar too.</summary>
    /// <param name="name">As it is typed.</param>
    /// <param name="description">For the help.</param>
    /// <param name="defaultRounds">For the help of <c>--rounds</c>.</param>
    /// <param name="measure">Measures with the rounds that were asked for, if any.</param>
    /// <param name="write">Prints the result.</param>
    internal static Command Create<T>(
        string name, string description, int defaultRounds, Func<MeasuringRequest, T> measure, Action<IAnsiConsole, T> write) where T : Result
    {
        Option<int?> rounds = SharedOptions.Rounds(defaultRounds);
        Option<string?> json = SharedOptions.Json(), trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        var command = new Command(name, description) { rounds, json, trace, smoke };
        command.SetAction(parsed => Run(
            parsed.GetValue(json), parsed.GetValue(trace), name,
            (machine, progress) => measure(new MeasuringRequest(parsed.GetValue(rounds), parsed.GetValue(smoke), machine, progress)), write));
        return command;
    }

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
