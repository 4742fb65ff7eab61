using System.CommandLine;
using System.Runtime.InteropServices;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Rescue;

/// <summary><c>copymc rescue</c>: copies a file or device past what cannot be read, and keeps a map of what is missing.</summary>
internal static class RescueCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        var source = new Argument<string>("SOURCE") { Description = "A file, a block device, or a memfd as /proc/PID/fd/N." };
        var destination = new Argument<string>("DESTINATION") { Description = "The file to copy it to. Lost bytes are zeros there." };
        var map = new Option<string?>("--map")
        {
            Description = "The map of the rescued and the lost bytes. Default: DESTINATION.map.",
            HelpName = "FILE",
        };
        var force = new Option<bool>("--force") { Description = "Start over, and overwrite DESTINATION and the map file." };
        var rescue = new Command("rescue", """
            Copies SOURCE through a mapping, past bytes that are lost: truncated meanwhile, on a failed disk, poisoned.

            The map file has GNU ddrescue's format. The same command continues where the last one ended or was killed, and tries the lost bytes again.

            Exit codes: 0 if nothing is lost, 1 if something is or it was stopped, 2 if it could not start; nothing was overwritten then.
            """)
        {
            source, destination, map, force,
        };
        help.Add(rescue, "copymc rescue /dev/sdb1 disk.img", "copymc rescue table.db copy.db --map table.map", "ddrescuelog --show-status disk.img.map");
        rescue.SetAction(parsed =>
            Run(parsed.GetValue(source)!, parsed.GetValue(destination)!, parsed.GetValue(map), parsed.GetValue(force)));
        return rescue;
    }

    private static int Run(string source, string destination, string? map, bool force)
    {
        CopyEngine engine;
        RescueJob job;
        try
        {
            engine = RecoveringEngine();
            job = RescueJob.Open(source, destination, map, force);
        }
        catch (Exception error) when (Commands.CommandLine.IsForTheUser(error))
        {
            Commands.CommandLine.WriteError(error);
            return ExitCode.Usage;
        }

        using (job)
        {
            using var stop = new CancellationTokenSource();
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            IAnsiConsole console = OutputConsole.Create();
            RescueOutcome outcome = ProgressView.Run(console, "rescue", progress => new RescueRun(engine, job, progress, stop.Token).Run());
            RescueText.Write(new ConsoleDocument(console), outcome, job.MapFile);
            return outcome.Complete ? ExitCode.Success : ExitCode.Failure;

            // The map is saved, then the process ends.
            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stop.Cancel();
            }
        }
    }

    private static CopyEngine RecoveringEngine()
    {
        CopyEngine engine = CopyEngine.Shared;
        if (engine.Kernel.RecoversFromFaults)
            return engine;
        string reason = FaultRecovery.UnsupportedReason ?? $"the kernel '{engine.Kernel.Name}' does not recover from faults.";
        throw new PlatformNotSupportedException($"Nothing can be rescued here: {reason}");
    }
}
