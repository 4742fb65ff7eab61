using System.Runtime.InteropServices;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>Collapses by MADV_COLLAPSE and khugepaged.</summary>
internal static unsafe class CollapseExports
{
    [UnmanagedCallersOnly(EntryPoint = "copymc_process_collapse")]
    internal static Status Collapse(
        ulong process, ulong address, ulong length, ObserverRecord* observer, CollapsedRange* ranges, nuint capacity, nuint* rangeCount,
        CallRecord* call)
    {
        try
        {
            Process target = Handles.Get<Process>(process, nameof(process));
            NeedRanges(ranges, capacity, rangeCount);
            Arguments.Need(call, nameof(call));
            Observer? watcher = Observer.Read(target.Machine, observer);
            using Machine.Turn turn = target.Machine.Enter(inCallback: false);
            *rangeCount = 0;
            MadviseCollapseResult result = MadviseCollapse.Run(target.Space, address, length, beforeStep: watcher is null ? null : watcher.BeforeStep);
            *call = CallRecord.Of(result.Error);
            SimulatedMachine machine = target.Machine.Simulated;
            CollapsedRange.Write([.. result.Ranges.Select(range => CollapsedRange.Of(machine, target.Space, range))], ranges, capacity, rangeCount);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_khugepaged_create")]
    internal static Status CreateKhugepaged(ulong machine, KhugepagedOptionsRecord* options, ObserverRecord* observer, ulong* khugepaged)
    {
        try
        {
            Machine target = Handles.Get<Machine>(machine, nameof(machine));
            Arguments.Need(khugepaged, nameof(khugepaged));
            CollapseLimits limits = Read(options, out int pagesToScan);
            Observer? watcher = Observer.Read(target, observer);
            using Machine.Turn turn = target.Enter();
            *khugepaged = target.Add(new Daemon(target, pagesToScan, limits, watcher));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_khugepaged_scan")]
    internal static Status Scan(ulong khugepaged, CollapsedRange* ranges, nuint capacity, nuint* rangeCount, int* noHugePage)
    {
        try
        {
            Daemon target = Handles.Get<Daemon>(khugepaged, nameof(khugepaged));
            NeedRanges(ranges, capacity, rangeCount);
            Arguments.NeedAligned(noHugePage, "no_huge_page");
            using Machine.Turn turn = target.Machine.Enter(inCallback: false);
            *rangeCount = 0;
            target.Ranges.Clear();
            bool isComplete = target.Scanner.ScanBatch();
            CollapsedRange.Write(target.Ranges, ranges, capacity, rangeCount);
            if (noHugePage != null)
                *noHugePage = isComplete ? 0 : 1;
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    private static void NeedRanges(CollapsedRange* ranges, nuint capacity, nuint* rangeCount)
    {
        Arguments.NeedArray(ranges, capacity, nameof(ranges));
        Arguments.Need(rangeCount, "range_count");
    }

    private static CollapseLimits Read(KhugepagedOptionsRecord* options, out int pagesToScan)
    {
        const uint MostPages = 512;
        if (options == null)
        {
            pagesToScan = new KhugepagedOptions().PagesToScan;
            return new CollapseLimits();
        }
        KhugepagedOptionsRecord record = Arguments.Read(options, (uint)sizeof(KhugepagedOptionsRecord), nameof(options));
        Arguments.NeedZero(record.Reserved, nameof(options));
        if (record.PagesToScan == 0)
            throw Arguments.Invalid("options->pages_to_scan", "a batch scans at least one page.");
        pagesToScan = (int)Arguments.Less(record.PagesToScan, 1u << 31, "options->pages_to_scan");
        return new CollapseLimits(
            (int)Arguments.Less(record.MaxPtesNone, MostPages, "options->max_ptes_none"),
            (int)Arguments.Less(record.MaxPtesSwap, MostPages, "options->max_ptes_swap"),
            (int)Arguments.Less(record.MaxPtesShared, MostPages, "options->max_ptes_shared"));
    }
}
