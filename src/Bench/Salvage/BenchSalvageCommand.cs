using System.CommandLine;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;
using Spectre.Console;

namespace CopyMc.Bench.Salvage;

/// <summary><c>copymc bench salvage</c>: what carrying on past many bad pages costs.</summary>
internal static class BenchSalvageCommand
{
    private const int DefaultRounds = 201, SmokeRounds = 3;

    internal static Command Create(HelpWithExamples help)
    {
        Option<int?> rounds = SharedOptions.Rounds(DefaultRounds);
        Option<string?> json = SharedOptions.Json();
        Option<string?> trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        var salvage = new Command("salvage", "What a salvage of 2 MiB with 1, 10 and 256 bad pages costs, and what looking ahead saves; seconds.")
        {
            rounds, json, trace, smoke,
        };
        help.Add(salvage, "copymc bench salvage", "copymc bench salvage --rounds 1000 --json salvage.json");
        salvage.SetAction(parsed => Run(parsed.GetValue(rounds) ?? (parsed.GetValue(smoke) ? SmokeRounds : DefaultRounds), parsed.GetValue(json), parsed.GetValue(trace)));
        return salvage;
    }

    private static int Run(int rounds, string? json, string? trace) => MeasuringCommand.Run(json, trace, "salvage", (_, progress) =>
    {
        using var run = new SalvageRun(CopyEngine.Shared);
        return run.Run(rounds, progress);
    }, SalvageText.Write);
}
