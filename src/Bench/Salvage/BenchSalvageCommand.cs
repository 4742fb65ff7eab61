using System.CommandLine;
using CopyMc.Bench.Commands;

namespace CopyMc.Bench.Salvage;

/// <summary><c>copymc bench salvage</c>: what carrying on past many bad pages costs.</summary>
internal static class BenchSalvageCommand
{
    private const int DefaultRounds = 201, SmokeRounds = 3;

    internal static Command Create(HelpWithExamples help)
    {
        Command salvage = MeasuringCommand.Create(
            "salvage", "What a salvage of 2 MiB with 1, 10 and 256 bad pages costs, and what looking ahead saves; seconds.",
            DefaultRounds, Measure, SalvageText.Write);
        help.Add(salvage, "copymc bench salvage", "copymc bench salvage --rounds 1000 --json salvage.json");
        return salvage;
    }

    private static SalvageReport Measure(MeasuringRequest request)
    {
        using var run = new SalvageRun(CopyEngine.Shared);
        return run.Run(request.Rounds ?? (request.Smoke ? SmokeRounds : DefaultRounds), request.Progress);
    }
}
