using System.Diagnostics;
using CopyMc.Bench.Machine;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Recovery;

/// <summary>Measures the whole plan in turns, so that whatever else the machine does meets the engine, the floor and the peers alike.</summary>
internal sealed class CostRun(CopyEngine engine, CostSettings settings, IProgress<PhaseProgress> progress)
{
    private const long KiB = 1 << 10, MiB = 1 << 20;

    /// <summary>What a method costs that meets nothing: a short copy, a page, a huge page.</summary>
    private static readonly MeasurementPoint[] s_cleanPoints = [new("64 B", 64), new("4 KiB", 4 * KiB), new("64 KiB", 64 * KiB), new("2 MiB", 2 * MiB)];

    internal RecoveryCostReport Run(MachineReport machine, MeasurementSettings cleanSettings)
    {
        using var plan = new CostPlan(engine, machine.HugeTlbPagesFree);
        using FaultyMemory? splitMemory = plan.Source is { } source && Yardsticks.IsAvailable
            ? new FaultyMemory(source, PoisonPosition.MiddleLine, PageKind.Small)
            : null;
        IReadOnlyList<SplitCase> splits = splitMemory is null ? [] : SplitCase.All(splitMemory, plan.Source!.Value);

        double nanosecondsPerTick = Rehearse(plan, splits.Count > 0);
        for (int round = 0; round < settings.Rounds; round++)
        {
            progress.Report(new PhaseProgress($"round {round + 1} of {settings.Rounds}", 0.85 * round / settings.Rounds));
            // Another one goes first each time.
            for (int entry = 0; entry < plan.Cases.Count; entry++)
                plan.Cases[(entry + round) % plan.Cases.Count].Run(settings.Batch);
            for (int entry = 0; entry < splits.Count; entry++)
                splits[(entry + round) % splits.Count].Run(settings.Batch, nanosecondsPerTick);
        }

        CostRow[] rows = [.. plan.Cases.Select(one => one.ToRow(plan.FloorOf(one)))];
        ThroughputReport clean = WhenClean(plan, cleanSettings);
        return new RecoveryCostReport
        {
            Rounds = settings.Rounds,
            Costs = rows,
            Splits = [.. splits.Select(split => split.ToRow())],
            WhenClean = clean,
            Skipped = plan.Skipped,
            EveryCheckHeld = rows.All(row => row.Role == CostRole.Peer || row.Exact),
        };
    }

    /// <summary>Until all code on the way is compiled for good.</summary>
    /// <returns>Nanoseconds that a tick of the processor's clock takes; 0 if it is not needed.</returns>
    private double Rehearse(CostPlan plan, bool needsClock)
    {
        progress.Report(new PhaseProgress("warming up", 0));
        ulong firstTick = needsClock ? SplitCase.Now : 0;
        long first = Stopwatch.GetTimestamp();
        foreach (CostCase one in plan.Cases)
            one.Rehearse();
        Thread.Sleep(TimeSpan.FromMilliseconds(250));
        foreach (CostCase one in plan.Cases)
            one.Rehearse();
        Thread.Sleep(TimeSpan.FromMilliseconds(250));
        return needsClock ? Stopwatch.GetElapsedTime(first).TotalNanoseconds / (SplitCase.Now - firstTick) : 0;
    }

    private ThroughputReport WhenClean(CostPlan plan, MeasurementSettings cleanSettings)
    {
        Contender[] contenders =
        [
            CostMethod.Of(engine).Contender,
            new Contender<LibcCopy>(Contenders.LibraryCopy, default),
            .. plan.PeerMethods.Select(peer => peer.Contender),
            new Contender<NativeMemoryCopy>(Contenders.Baseline, default),
        ];
        var part = new PartOfProgress(progress, 0.85, 1, "clean copies");
        return new ThroughputRun(cleanSettings, part).Run(s_cleanPoints, _ => contenders);
    }
}
