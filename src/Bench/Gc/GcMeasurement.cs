using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Gc;

/// <summary><c>copymc bench gc</c>: how long the garbage collector waits because of a copy.</summary>
internal sealed class GcMeasurement() : Measurement("gc", typeof(GcCostReport), defaultRounds: 31, """
    How long the garbage collector waits for a thread that copies 1 GiB while another thread allocates, and how long it would wait if the copy suppressed the GC transition; seconds, and 2 GiB.
    """, "copymc bench gc", "copymc bench gc --rounds 100 --json gc.json", "copymc bench gc --trace gc.nettrace")
{
    private const long CopyBytes = 1L << 30, SmokeBytes = 64L << 20;

    /// <summary>It needs the events without <c>--trace</c> too, to assign them to its copies.</summary>
    protected override bool TracesItself => true;

    protected override Result Measure(MeasurementRequest request) =>
        new GcCostRun(CopyEngine.Shared, request.Smoke ? SmokeBytes : CopyBytes, request.Rounds, request.Progress).Run(request.Events);
}
