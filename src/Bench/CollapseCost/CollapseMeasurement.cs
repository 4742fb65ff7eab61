using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.CollapseCost;

/// <summary><c>copymc bench collapse</c>: what a collapse, an aborted one and a scan cost on a simulated machine.</summary>
internal sealed class CollapseMeasurement() : Measurement(
    "collapse", typeof(CollapseCostReport), defaultRounds: 15,
    "What collapsing 2 MiB costs beside copying them, what an abort costs, and a scan of 1 TiB of simulated memory; about a minute and 6 GiB.",
    "copymc bench collapse", "copymc bench collapse --rounds 31 --json collapse.json")
{
    private const int Ranges = 64, SmokeRanges = 2;

    private const ulong TebiByte = 1UL << 40, SmokeBytes = 1UL << 30;

    protected override Result Measure(MeasurementRequest request)
    {
        using var run = new CollapseCostRun(CopyEngine.Shared, request.Rounds, request.Smoke ? SmokeRanges : Ranges, request.Progress);
        return run.Run(request.Smoke ? SmokeBytes : TebiByte);
    }
}
