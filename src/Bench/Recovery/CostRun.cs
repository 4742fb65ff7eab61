using System.Diagnostics;
using CopyMc.Bench.Machine;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Recovery;

/// <summary>Measures all cases in interleaved rounds, so that other load on the machine affects the engine, the floor and the peers alike.</summary>
/// <param name="engine">The engine.</param>
/// <param name="samples">Copies that meet poison, in each case and for each of its threads; a multiple of the rounds or more.</param>
/// <param name="rounds">How often all cases take turns.</param>
/// <param name="progress">Is told how far it is.</param>
internal sealed class CostRun(CopyEngine engine, int samples, int rounds, IProgress<PhaseProgress> progress)
{
    private const long KiB = 1 << 10, MiB = 1 << 20;

    /// <summary>The points of the copies without poison: a short copy, a page, a huge page.</summary>
    private static readonly MeasurementPoint[] s_cleanPoints = [new("64 B", 64), new("4 KiB", 4 * KiB), new("64 KiB", 64 * KiB), new("2 MiB", 2 * MiB)];

    internal RecoveryCostReport Run(MachineReport machine, MeasurementSettings cleanSettings)
    {
        using var plan = new CostPlan(engine, machine.HugeTlbPagesFree);
        using FaultyMemory? splitMemory = plan.Source is { } source && Yardsticks.IsAvailable
            ? new FaultyMemory(source, PoisonPosition.MiddleLine, PageKind.Small)
            : null;
        IReadOnlyList<SplitCase> splits = splitMemory is null ? [] : SplitCase.All(splitMemory, plan.Source!.Value);

        int batch = Math.Max(1, samples / rounds);
        double nanosecondsPerTick = Rehearse(plan, splits.Count > 0);
        for (int round = 0; round < rounds; round++)
        {
            progress.Report(new PhaseProgress($"round {round + 1} of {rounds}", 0.85 * round / rounds));
            // Each round starts with another case.
            for (int entry = 0; entry < plan.Cases.Count; entry++)
                plan.Cases[(entry + round) % plan.Cases.Count].Run(batch);
            for (int entry = 0; entry < splits.Count; entry++)
                splits[(entry + round) % splits.Count].Run(batch, nanosecondsPerTick);
        }

        CostRow[] rows = [.. plan.Cases.Select(one => one.ToRow(plan.FloorOf(one)))];
        ThroughputReport clean = WhenClean(plan, cleanSettings);
        return new RecoveryCostReport(rounds, rows, [.. splits.Select(split => split.ToRow())], clean, plan.Skipped)
        {
            EveryCheckHeld = rows.All(row => row.Role == CostRole.Peer || row.Exact),
        };
    }

    /// <summary>Runs until the runtime has optimized all of the code.</summary>
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
