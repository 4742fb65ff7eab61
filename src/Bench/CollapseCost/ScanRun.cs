using System.Diagnostics;
using System.Runtime.CompilerServices;
using CopyMc.Bench.Statistics;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.CollapseCost;

/// <summary>
/// Scans a large machine for ranges that are worth collapsing. 1 in 100 is: all of its small pages are there. Half are huge pages
/// already; the others have 8 pages where 256 are required. The content of the pages is never touched.
/// </summary>
internal sealed class ScanRun(ulong memoryBytes, int passes)
{
    private const ulong HugePage = NativeRegion.HugePageSize, Page = NativeRegion.PageSize;
    private const int FewPages = 8;

    internal ScanCost Run()
    {
        long before = Environment.WorkingSet;
        using var machine = new SimulatedMachine((nuint)memoryBytes, new SimulatedMachineOptions { HugePagesAtFault = true, Enabled = ThpMode.Always });
        var ranges = (long)(memoryBytes / HugePage) - 1;
        AddressSpace process = machine.NewProcess();
        ulong start = process.Mmap((ulong)ranges * HugePage).Value;
        long collapsible = Populate(process, start, ranges);
        long grown = Environment.WorkingSet - before;

        var limits = new CollapseLimits(MaxPtesNone: 255);
        var perSecond = new double[passes];
        for (int pass = 0; pass < passes; pass++)
        {
            long found = 0;
            long begin = Stopwatch.GetTimestamp();
            for (long i = 0; i < ranges; i++)
            {
                if (AnonymousCollapse.Scan(process, start + (ulong)i * HugePage, limits) == CollapseResult.Succeed)
                    found++;
            }
            perSecond[pass] = ranges / Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (found != collapsible)
                throw new InvalidOperationException($"{found} ranges were found worth collapsing, and {collapsible} are.");
        }
        return new ScanCost(
            memoryBytes, ranges, collapsible, Quartiles.Of(perSecond), Unsafe.SizeOf<Frame>(), Unsafe.SizeOf<Pte>(),
            (double)grown / (ranges * PageTable.EntryCount));
    }

    private static long Populate(AddressSpace process, ulong start, long ranges)
    {
        long collapsible = 0;
        for (long i = 0; i < ranges; i++)
        {
            ulong range = start + (ulong)i * HugePage;
            bool isCollapsible = i % 100 == 99;
            bool isHuge = !isCollapsible && i % 2 == 0;
            // A first touch makes a huge page where huge pages are enabled.
            process.SetThpDisable(isHuge ? ThpDisable.Off : ThpDisable.Completely);
            SystemCallResult result = process.Madvise(range, isHuge || isCollapsible ? HugePage : FewPages * Page, Advice.PopulateWrite);
            if (!result.IsDone)
                throw new InvalidOperationException($"Range {i} cannot be populated: {result}.");
            collapsible += isCollapsible ? 1 : 0;
        }
        return collapsible;
    }
}
