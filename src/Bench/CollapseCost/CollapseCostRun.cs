using System.Diagnostics;
using System.Runtime.InteropServices;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.CollapseCost;

/// <summary>
/// Times collapses on a simulated machine, and in the same rounds the engine's plain copy of as much, between the same frames in the same order,
/// because the huge page is often the block that the last collapse freed, and in the caches. Every range is collapsed once, so that its memory is
/// cold, as khugepaged finds it.
/// </summary>
internal sealed unsafe class CollapseCostRun(CopyEngine engine, int rounds, int ranges, IProgress<PhaseProgress> progress) : IDisposable
{
    private const ulong HugePage = NativeRegion.HugePageSize, Page = NativeRegion.PageSize;

    private static readonly int[] s_poisonedPages = [0, 128, 256, 511];

    private readonly NativeRegion _zeros = new(NativeRegion.PageSize);
    private bool _everyCheckHeld = true;

    public void Dispose() => _zeros.Dispose();

    internal CollapseCostReport Run(ulong scannedBytes)
    {
        var raw = new double[rounds];
        var commit = new double[rounds];
        double[] commitRead = new double[rounds], cached = new double[rounds], cachedRead = new double[rounds];
        double[][] aborts = [.. s_poisonedPages.Select(_ => new double[rounds])], prefixes = [.. s_poisonedPages.Select(_ => new double[rounds])];
        using SimulatedMachine simulated = NewMachine(null), other = NewMachine(engine);
        // The first round compiles the code.
        for (int round = -1; round < rounds; round++)
        {
            int at = Math.Max(round, 0);
            (commit[at], raw[at], commitRead[at]) = Collapses(simulated, poisonedPage: null);
            (cached[at], _, cachedRead[at]) = Collapses(other, poisonedPage: null);
            for (int i = 0; i < s_poisonedPages.Length; i++)
                (aborts[i][at], prefixes[i][at], _) = Collapses(simulated, s_poisonedPages[i]);
            progress.Report(new PhaseProgress("collapses", (round + 1.0) / (rounds + 1)));
        }
        var scan = new ScanRun(scannedBytes, Math.Min(rounds, 5)).Run();
        progress.Report(new PhaseProgress("scan", 1));

        double[] Each(Func<int, double> of) => [.. Enumerable.Range(0, rounds).Select(of)];
        return new CollapseCostReport(
            rounds, ranges, Quartiles.Of(raw), Quartiles.Of(commit), Quartiles.Of(Each(round => commit[round] / raw[round])),
            [
                .. s_poisonedPages.Select((page, i) => new AbortCost(
                    page, Quartiles.Of(aborts[i]), Quartiles.Of(Each(round => (aborts[i][round] - prefixes[i][round]) / commit[round])))),
            ],
            scan,
            Quartiles.Of(Each(round => cached[round] / raw[round])), Quartiles.Of(Each(round => commit[round] + commitRead[round])),
            Quartiles.Of(Each(round => (cached[round] + cachedRead[round]) / (commit[round] + commitRead[round]))))
        {
            EveryCheckHeld = _everyCheckHeld,
        };
    }

    /// <summary>A machine whose memory was all touched before, so that no timed code touches a page for the first time.</summary>
    private SimulatedMachine NewMachine(CopyEngine? copies)
    {
        var machine = new SimulatedMachine(
            (nuint)(2 * ranges + 2) * NativeRegion.HugePageSize, new SimulatedMachineOptions { Engine = copies, HugePagesAtFault = true });
        NativeMemory.Clear(machine.Content.Pointer, machine.Content.Length);
        return machine;
    }

    /// <summary>
    /// Microseconds of a collapse, of the raw copy of the pages it copies (all of the 2 MiB, or those before the poison), and of the first read of what
    /// it copied.
    /// </summary>
    private (double Collapse, double RawCopy, double Read) Collapses(SimulatedMachine machine, int? poisonedPage)
    {
        (AddressSpace process, ulong start) = Fill(machine);
        byte*[] sources = Contents(machine, process, start);
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

        byte*[] destinations = poisonedPage is null ? Contents(machine, process, start) : Repeated(NextHugePage(machine), ranges);
        begin = Stopwatch.GetTimestamp();
        foreach (byte* destination in poisonedPage is null ? destinations : [])
            FirstRead.Of(destination, NativeRegion.HugePageSize);
        double read = Stopwatch.GetElapsedTime(begin).TotalMicroseconds / ranges;
        process.Exit();
        machine.MemoryFailure.RunPending();
        foreach (uint pfn in bad)
            machine.MemoryFailure.Unpoison(pfn);
        return (each, RawCopies(sources, destinations, (nuint)(poisonedPage ?? PageTable.EntryCount) * NativeRegion.PageSize), read);
    }

    private double RawCopies(byte*[] sources, byte*[] destinations, nuint byteCount)
    {
        if (byteCount == 0)
            return 0;
        // Leaves the caches as Fill does.
        foreach (byte* source in sources)
        {
            for (nuint offset = 0; offset < NativeRegion.HugePageSize; offset += NativeRegion.PageSize)
                _everyCheckHeld &= engine.Copy(_zeros.Pointer, source + offset, NativeRegion.PageSize) == 0;
        }
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < ranges; i++)
            _everyCheckHeld &= engine.Copy(sources[i], destinations[i], byteCount) == 0;
        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / ranges;
    }

    /// <summary>The free huge page that was used last, which every aborted collapse had.</summary>
    private static byte* NextHugePage(SimulatedMachine machine)
    {
        AddressSpace process = machine.NewProcess();
        ulong start = process.Mmap(HugePage).Value;
        process.Madvise(start, HugePage, Advice.HugePage);
        process.Madvise(start, HugePage, Advice.PopulateWrite);
        byte* content = ContentAt(machine, process, start);
        process.Exit();
        return content;
    }

    private static byte*[] Repeated(byte* content, int count)
    {
        var contents = new byte*[count];
        for (int i = 0; i < count; i++)
            contents[i] = content;
        return contents;
    }

    private (AddressSpace Process, ulong Start) Fill(SimulatedMachine machine)
    {
        AddressSpace process = machine.NewProcess();
        ulong start = process.Mmap((ulong)ranges * HugePage).Value;
        for (ulong at = 0; at < (ulong)ranges * HugePage; at += Page)
            process.Write(start + at, BitConverter.GetBytes(at));
        // The raw copy relies on it.
        for (ulong at = Page; at < (ulong)ranges * HugePage; at += Page)
            _everyCheckHeld &= at % HugePage == 0 || process.EntryAt(start + at).Pfn == process.EntryAt(start + at - Page).Pfn + 1;
        return (process, start);
    }

    private byte*[] Contents(SimulatedMachine machine, AddressSpace process, ulong start)
    {
        var contents = new byte*[ranges];
        for (int i = 0; i < ranges; i++)
            contents[i] = ContentAt(machine, process, start + (ulong)i * HugePage);
        return contents;
    }

    private static byte* ContentAt(SimulatedMachine machine, AddressSpace process, ulong address) =>
        machine.Content.Pointer + (nuint)process.EntryAt(address).Pfn * NativeRegion.PageSize;
}
