using System.CommandLine;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Limits;

/// <summary><c>copymc bench limits</c>: every promise about speed beside what was seen of it.</summary>
internal static class BenchLimitsCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        Command limits = MeasuringCommand.Create(
            "limits", "What checking and recovering cost, the worst alignment, two threads, up to 4 GiB, and what is wanted of each. About a minute and 8 GiB.",
            MeasurementSettings.LimitsRounds, Measure, LimitsText.Write);
        help.Add(limits, "copymc bench limits", "COPYMC_KERNEL=native-avx2-erms copymc bench limits --json limits.json");
        return limits;
    }

    private static LimitsReport Measure(MeasuringRequest request)
    {
        MeasurementSettings settings = request.Smoke
            ? MeasurementSettings.Smoke(request.Rounds)
            : MeasurementSettings.Full(request.Rounds ?? MeasurementSettings.LimitsRounds, request.Machine.MemoryAvailableBytes);
        return new LimitsReport
        {
            Rounds = settings.Rounds,
            Limits = new LimitsRun(CopyEngine.Shared, settings, request.Machine.MemoryAvailableBytes, request.Progress).Run(),
        };
    }
}
