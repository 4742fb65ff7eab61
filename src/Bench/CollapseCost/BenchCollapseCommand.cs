using System.CommandLine;
using CopyMc.Bench.Commands;

namespace CopyMc.Bench.CollapseCost;

/// <summary><c>copymc bench collapse</c>: what a collapse, an aborted one and a scan cost on a simulated machine.</summary>
internal static class BenchCollapseCommand
{
    private const ulong TebiByte = 1UL << 40, SmokeBytes = 1UL << 30;

    internal static Command Create(HelpWithExamples help)
    {
        Command collapse = MeasuringCommand.Create(
            "collapse", "What collapsing 2 MiB costs beside copying them, what an abort costs, and a scan of 1 TiB of simulated memory; about a minute and 6 GiB.",
            CollapseCostRun.DefaultRounds, Measure, CollapseCostText.Write);
        help.Add(collapse, "copymc bench collapse", "copymc bench collapse --rounds 31 --json collapse.json");
        return collapse;
    }

    private static CollapseCostReport Measure(MeasuringRequest request)
    {
        using var run = CollapseCostRun.Of(CopyEngine.Shared, request.Rounds, request.Smoke, request.Progress);
        return run.Run(request.Smoke ? SmokeBytes : TebiByte);
    }
}
