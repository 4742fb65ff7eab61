using System.CommandLine;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;
using Spectre.Console;

namespace CopyMc.Bench.CollapseCost;

/// <summary><c>copymc bench collapse</c>: what a collapse, an aborted one and a scan cost on a simulated machine.</summary>
internal static class BenchCollapseCommand
{
    private const ulong TebiByte = 1UL << 40, SmokeBytes = 1UL << 30;

    internal static Command Create(HelpWithExamples help)
    {
        Option<int?> rounds = SharedOptions.Rounds(CollapseCostRun.DefaultRounds);
        Option<string?> json = SharedOptions.Json();
        Option<string?> trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        var collapse = new Command("collapse", "What collapsing 2 MiB costs beside copying them, what an abort costs, and a scan of 1 TiB of simulated memory; about a minute and 6 GiB.")
        {
            rounds, json, trace, smoke,
        };
        help.Add(collapse, "copymc bench collapse", "copymc bench collapse --rounds 31 --json collapse.json");
        collapse.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(json), parsed.GetValue(trace), parsed.GetValue(smoke)));
        return collapse;
    }

    private static int Run(int? rounds, string? json, string? trace, bool smoke) => MeasuringCommand.Run(json, trace, "collapse", (_, progress) =>
    {
        using var run = CollapseCostRun.Of(CopyEngine.Shared, rounds, smoke, progress);
        return run.Run(smoke ? SmokeBytes : TebiByte);
    }, CollapseCostText.Write);
}
