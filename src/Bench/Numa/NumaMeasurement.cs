using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Numa;

/// <summary><c>copymc bench numa</c>: copies and recoveries on the CPUs of each node, in the memory of each node.</summary>
internal sealed class NumaMeasurement() : Measurement(
    "numa", typeof(NumaReport), defaultRounds: 51, "Copies and recoveries on the CPUs of each NUMA node, in the memory of each node; seconds.",
    "copymc bench numa", "copymc bench numa --rounds 101 --json numa.json")
{
    protected override Result Measure(MeasurementRequest request) =>
        new NumaRun(CopyEngine.Shared, request.SettingsFor(request.Rounds), request.Progress).Run(request.Machine.Processors);
}
