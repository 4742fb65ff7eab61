using System.Diagnostics;
using System.Runtime.InteropServices;
using CopyMc.Bench.Measurement;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.CollapseCost;

/// <summary>
/// Times collapses on a simulated machine, and in the same rounds the engine's plain copy of as much between frames of the same machine.
/// Every range is collapsed once: memory that is collapsed is cold, as khugepaged finds it.
/// </summary>
internal sealed unsafe class CollapseCostRun(CopyEngine engine, int rounds, int ranges, IProgress<PhaseProgress>? progress)
{
    internal const int DefaultRounds = 15, DefaultRanges = 64;

    private const ulong HugePage = NativeRegion.HugePageSize, Page = NativeRegion.PageSize;

    private static readonly int[] s_poisonedPages = [0, 128, 256, 511];

    private bool _everyCheckHeld = true;

    internal static CollapseCostRun Of(CopyEngine engine, int? rounds, bool smoke, IProgress<PhaseProgress>? progress) =>
        new(engine, rounds ?? (smoke ? 1 : DefaultRounds), smoke ? 2 : DefaultRanges, progress);

    internal CollapseCostReport Run(DateTimeOffset startedAt, Machine.MachineReport machine, ulong scannedBytes)
    {
        var raw = new double[rounds];
        var commit = new double[rounds];
        double[][] aborts = [.. s_poisonedPages.Select(_ => new double[rounds])];
        using SimulatedMachine simulated = NewMachine();
        // The first turn of each compiles it.
        for (int round = -1; round < rounds; round++)
        {
            int at = Math.Max(round, 0);
            raw[at] = RawCopies(simulated);
            commit[at] = Collapses(simulated, poisonedPage: null);
            for (int i = 0; i < s_poisonedPages.Length; i++)
                aborts[i][at] = Collapses(simulated, s_poisonedPages[i]);
            progress?.Report(new PhaseProgress("collapses", (round + 1.0) / (rounds + 1)));
        }
        var scan = new ScanRun(scannedBytes, Math.Min(rounds, 5)).Run();
        progress?.Report(new PhaseProgress("scan", 1));

        double[] Each(Func<int, double> of) => [.. Enumerable.Range(0, rounds).Select(of)];
        return new CollapseCostReport
        {
            StartedAt = startedAt,
            Machine = machine,
            Rounds = rounds,
            RangesPerRound = ranges,
            RawCopyMicroseconds = Quartiles.Of(raw),
            CommitMicroseconds = Quartiles.Of(commit),
            CommitToRawCopy = Quartiles.Of(Each(round => commit[round] / raw[round])),
            Aborts =
            [
                .. s_poisonedPages.Select((page, i) => new AbortCost(
                    page, Quartiles.Of(aborts[i]), Quartiles.Of(Each(round => (aborts[i][round] - raw[round] * page / 512) / commit[round])))),
            ],
            Scan = scan,
            EveryCheckHeld = _everyCheckHeld,
        };
    }

    /// <summary>A machine whose memory was all used before: nothing that is timed touches a page for the first time.</summary>
    private SimulatedMachine NewMachine()
    {
        var machine = new SimulatedMachine(
            (nuint)(2 * ranges + 2) * NativeRegion.HugePageSize, new SimulatedMachineOptions { Engine = engine, HugePagesAtFault = true });
        NativeMemory.Clear(machine.Content.Pointer, machine.Content.Length);
        return machine;
    }

    /// <summary>Microseconds for 2 MiB, from small pages that a process has written to huge pages that another one has.</summary>
    private double RawCopies(SimulatedMachine machine)
    {
        (AddressSpace process, ulong start) = Fill(machine);
        AddressSpace other = machine.NewProcess();
        ulong huge = other.Map((ulong)ranges * HugePage, VmaFlags.Read | VmaFlags.Write | VmaFlags.HugePage);
        other.Populate(huge, (ulong)ranges * HugePage);

        byte*[] from = Contents(machine, process, start), to = Contents(machine, other, huge);
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < ranges; i++)
            _everyCheckHeld &= engine.Copy(from[i], to[i], NativeRegion.HugePageSize) == 0;
        double each = Stopwatch.GetElapsedTime(begin).TotalMicroseconds / ranges;
        process.Exit();
        other.Exit();
        return each;
    }

    private double Collapses(SimulatedMachine machine, int? poisonedPage)
    {
        (AddressSpace process, ulong start) = Fill(machine);
        uint[] bad = poisonedPage is not { } page ? [] :
        [
            .. Enumerable.Range(0, ranges).Select(i => process.EntryAt(start + (ulong)i * HugePage + (ulong)page * Page).Pfn),
        ];
        foreach (uint pfn in bad)
            machine.Poison(pfn, line: 0);

        CollapseResult expected = poisonedPage is null ? CollapseResult.Succeed : CollapseResult.CopyMc;
        var options = new CollapseOptions();
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < ranges; i++)
            _everyCheckHeld &= new AnonymousCollapse(process, start + (ulong)i * HugePage, options).Run() == expected;
        double each = Stopwatch.GetElapsedTime(begin).TotalMicroseconds / ranges;

        process.Exit();
        machine.MemoryFailure.RunPending();
        foreach (uint pfn in bad)
            machine.MemoryFailure.Unpoison(pfn);
        return each;
    }

    private (AddressSpace Process, ulong Start) Fill(SimulatedMachine machine)
    {
        AddressSpace process = machine.NewProcess();
        ulong start = process.Map((ulong)ranges * HugePage);
        for (ulong at = 0; at < (ulong)ranges * HugePage; at += Page)
            process.Write(start + at, BitConverter.GetBytes(at));
        return (process, start);
    }

    private byte*[] Contents(SimulatedMachine machine, AddressSpace process, ulong start)
    {
        var contents = new byte*[ranges];
        for (int i = 0; i < ranges; i++)
            contents[i] = machine.Content.Pointer + (nuint)process.EntryAt(start + (ulong)i * HugePage).Pfn * NativeRegion.PageSize;
        return contents;
    }
}
