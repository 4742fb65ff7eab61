using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Salvage;

/// <summary><c>copymc bench salvage</c>: what it costs to continue past many bad pages.</summary>
internal sealed class SalvageMeasurement() : Measurement(
    "salvage", typeof(SalvageReport), defaultRounds: 201, "What a salvage of 2 MiB with 1, 10 and 256 bad pages costs, and what look-ahead saves; seconds.",
    "copymc bench salvage", "copymc bench salvage --rounds 1000 --json salvage.json")
{
    protected override Result Measure(MeasurementRequest request)
    {
        using var run = new SalvageRun(CopyEngine.Shared);
        return run.Run(request.Rounds, request.Progress);
    }
}
