using System.CommandLine;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Probe;

/// <summary><c>copymc probe</c>: what this machine can do, without measuring anything.</summary>
internal static class ProbeCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        Option<string?> json = SharedOptions.Json();
        var probe = new Command("probe", "What this machine can do: kernels, recovery, sources of faults, caches, features, and what is missing.") { json };
        help.Add(probe, "copymc probe", "copymc probe --json machine.json", "copymc probe --json - | jq .machine.caches");
        probe.SetAction(parsed => Run(parsed.GetValue(json)));
        return probe;
    }

    private static int Run(string? json)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        ReportFile? file = ReportFile.For(json);
        var report = new ProbeReport();
        report.Complete(startedAt, MachineProbe.Run(CopyEngine.Shared));
        MachineDescription.Write(new ConsoleDocument(OutputConsole.Create(json)), report.Machine, report.StartedAt);
        file?.Write(report);
        return ExitCode.Success;
    }
}
