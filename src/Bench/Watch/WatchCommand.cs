using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Watch;

/// <summary><c>copymc watch</c>: shows the copies of another process.</summary>
internal static class WatchCommand
{
    private const int MostSeconds = 1_000_000;

    internal static Command Create(HelpWithExamples help)
    {
        Argument<int> pid = Pid();
        var dump = new Option<string?>("--dump")
        {
            Description = "Write one dump of the process, without its heap, when a copy meets poison. Default: copymc-PID.dmp.",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<int?> seconds = SharedOptions.Number("--seconds", "Seconds from the first figures to the end of the watch", 1, MostSeconds, byDefault: null);
        Option<string?> json = SharedOptions.Json();
        var watch = new Command("watch", """
            Attaches to a .NET process that embeds the engine and shows bytes copied, throughput, poison hits, and collapses committed and aborted: live on a terminal, as lines elsewhere. Ends with the process, or with Ctrl-C.

            Exit codes: 0 if the process was watched, 2 if there is no such process, or it is not .NET, does not embed the engine, or does not answer, 3 if a file cannot be written.
            """)
        {
            pid, dump, seconds, json,
        };
        help.Add(watch, "copymc watch 4711", "copymc watch 4711 --dump poison.dmp", "copymc watch $(pidof simulator) --seconds 60 --json watched.json", "copymc watch 4711 | tee log.txt");
        watch.SetAction(parsed => Run(
            parsed.GetValue(pid),
            parsed.GetResult(dump) is { Implicit: false } ? parsed.GetValue(dump) ?? $"copymc-{parsed.GetValue(pid)}.dmp" : null,
            parsed.GetValue(seconds),
            parsed.GetValue(json)));
        return watch;
    }

    private static Argument<int> Pid() => new("PID")
    {
        Description = "The number of the process.",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0)
                return number;
            result.AddError($"PID is the number of a process, not '{result.Tokens[0].Value}'.");
            return 0;
        },
    };

    private static int Run(int pid, string? dumpPath, int? seconds, string? json)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        ReportFile? file = ReportFile.For(json);
        if (dumpPath == ReportFile.StandardOutput)
            throw new InvalidInputException("A dump cannot go to the standard output.");
        ReportFile? dump = ReportFile.For(dumpPath, json);
        WatchedProcess process = WatchedProcess.Open(pid);

        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        IAnsiConsole console = OutputConsole.Create(json);
        var run = new WatchRun(process, dump, seconds is { } limit ? TimeSpan.FromSeconds(limit) : null);
        WatchReport report = OutputConsole.IsLive(console) ? RunLive() : RunAsLines();
        report.Complete(startedAt, MachineProbe.Run(CopyEngine.Shared));
        console.WriteLine(WatchText.Summary(report));
        file?.Write(report);
        return ExitCode.Success;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        WatchReport RunLive()
        {
            var dashboard = new WatchDashboard($"{process.Name}, process {process.Id}", console.Profile);
            return dashboard.On(console).Start(live =>
            {
                live.Refresh();
                return run.Run((reading, fault, handler, dumped) => live.UpdateTarget(dashboard.Of(reading, fault, handler, dumped)), stop.Token);
            });
        }

        WatchReport RunAsLines() => run.Run(new WatchText(console).Write, stop.Token);
    }
}
