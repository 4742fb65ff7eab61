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

    private static int Run(int? rounds, string? json, string? trace, bool smoke) => MeasuringCommand.Run(json, trace, "limits", (machine, progress) =>
    {
        MeasurementSettings settings = smoke
            ? MeasurementSettings.Smoke(rounds)
            : MeasurementSettings.Full(rounds ?? MeasurementSettings.LimitsRounds, machine.MemoryAvailableBytes);
        return new LimitsReport
        {
            Rounds = settings.Rounds,
            Limits = new LimitsRun(CopyEngine.Shared, settings, machine.MemoryAvailableBytes, progress).Run(),
        };
    }, LimitsText.Write);
}
