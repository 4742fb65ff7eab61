using System.CommandLine;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Gc;

/// <summary><c>copymc bench gc</c>: how long the garbage collector waits because of a copy.</summary>
internal static class BenchGcCommand
{
    private const int SmokeRounds = 4;

    private const long SmokeBytes = 64L << 20;

    internal static Command Create(HelpWithExamples help)
    {
        Option<int?> rounds = SharedOptions.Rounds(GcCostRun.DefaultRounds);
        Option<string?> json = SharedOptions.Json();
        Option<string?> trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        var gc = new Command("gc", """
            How long the garbage collector waits because of a copy of 1 GiB beside a thread that allocates, and what it would wait if the copy suppressed the GC transition; seconds, and 2 GiB.
            """)
        {
            rounds, json, trace, smoke,
        };
        help.Add(gc, "copymc bench gc", "copymc bench gc --rounds 100 --json gc.json", "copymc bench gc --trace gc.nettrace");
        gc.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(json), parsed.GetValue(trace), parsed.GetValue(smoke)));
        return gc;
    }

    /// <summary>The run keeps the events itself: it tells its copies apart in them.</summary>
    private static int Run(int? rounds, string? json, string? trace, bool smoke)
    {
        ReportFile? events = ReportFile.For(trace, json);
        return MeasuringCommand.Run(json, null, "gc", (_, progress) => new GcCostRun(
            CopyEngine.Shared, smoke ? SmokeBytes : GcCostRun.DefaultCopyBytes, rounds ?? (smoke ? SmokeRounds : GcCostRun.DefaultRounds), progress).Run(events),
            GcCostText.Write);
    }
}
