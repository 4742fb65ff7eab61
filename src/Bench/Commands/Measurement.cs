using System.CommandLine;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;
using Spectre.Console;

namespace CopyMc.Bench.Commands;

/// <summary>
/// A measurement. A derived class says how it measures; its command, its schema and its report follow from that. It checks
/// the output files first, measures, prints and writes the JSON.
/// </summary>
/// <param name="name">The command, and with <c>bench-</c> before it the schema.</param>
/// <param name="result">The record of the result.</param>
/// <param name="defaultRounds">For <c>--rounds</c>.</param>
/// <param name="description">For the help.</param>
/// <param name="examples">For the help.</param>
internal abstract class Measurement(string name, Type result, int defaultRounds, string description, params string[] examples)
    : ResultSchema($"bench-{name}", 1, result)
{
    /// <summary>Whether it records the events of <c>--trace</c> itself.</summary>
    protected virtual bool TracesItself => false;

    /// <summary>Whether it is a command of <c>copymc bench</c>, and not of <c>copymc</c>.</summary>
    internal virtual bool IsUnderBench => true;

    internal Command Create(HelpWithExamples help)
    {
        Option<string?> json = SharedOptions.Json(), trace = SharedOptions.Trace();
        var command = new Command(name, description);
        AddOptions(command);
        command.Add(json);
        command.Add(trace);
        command.Add(SharedOptions.Smoke());
        help.Add(command, examples);
        command.SetAction(parsed => RunOther(parsed) ?? Run(parsed, parsed.GetValue(json), parsed.GetValue(trace)));
        return command;
    }

    /// <summary>Adds the options that not every measurement has.</summary>
    protected virtual void AddOptions(Command command) => command.Add(SharedOptions.Rounds(defaultRounds));

    /// <summary>Does something other than to measure, if the command line asks for it.</summary>
    /// <returns>The exit code; null if it is to measure.</returns>
    protected virtual int? RunOther(ParseResult parsed) => null;

    protected abstract Result Measure(MeasurementRequest request);

    private int Run(ParseResult parsed, string? json, string? tracePath)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        ReportFile? file = ReportFile.For(json), events = ReportFile.For(tracePath, json);
        IAnsiConsole console = OutputConsole.Create(json);
        MachineReport machine = MachineProbe.Run(CopyEngine.Shared);
        var clock = new ClockDrift();
        (Result report, TraceReport? trace) = EventTrace.Around(TracesItself ? null : events, () => ProgressView.Run(
            console, name, progress => Measure(new MeasurementRequest(parsed, defaultRounds, machine, progress, events))));
        report.Complete(startedAt, machine, trace, clock);
        report.WriteAll(new ConsoleDocument(console));
        file?.Write(report);
        return report.EveryCheckHeld ? ExitCode.Success : ExitCode.Failure;
    }
}
