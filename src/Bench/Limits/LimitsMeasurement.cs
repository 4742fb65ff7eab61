using CopyMc.Bench.Commands;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Limits;

/// <summary><c>copymc bench limits</c>: every promise about speed beside its measurement.</summary>
internal sealed class LimitsMeasurement() : Measurement("limits", typeof(LimitsReport), defaultRounds: 15, """
    What checking and recovering cost, short copies, mixtures, the worst alignment, two threads, up to 4 GiB, and each limit. Two minutes and 8 GiB.
    """, "copymc bench limits", "COPYMC_KERNEL=native-avx2-erms copymc bench limits --json limits.json")
{
    protected override Result Measure(MeasurementRequest request)
    {
        MeasurementSettings settings = request.SettingsFor(request.Rounds);
        return new LimitsReport(settings.Rounds, new LimitsRun(CopyEngine.Shared, settings, request.Machine.MemoryAvailableBytes, request.Progress).Run());
    }
}
