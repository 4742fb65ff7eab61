using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Reads what a region is, without changing it.</summary>
internal static class StateReader
{
    internal static RegionState Read(SimulatedMachine machine, AddressSpace process, StagedRegion region)
    {
        var zeroFrame = (uint)(machine.Content.Length / NativeRegion.PageSize - 1);
        int present = 0, zero = 0, absent = 0, swapped = 0, poisoned = 0, markers = 0;
        for (int page = 0; page < region.Setup.LengthPages; page++)
        {
            Pte entry = process.EntryAt(region.AddressOf(page));
            if (process.IsHuge(region.AddressOf(page)))
                continue;
            if (entry.IsNone)
                absent++;
            else if (entry.IsPresent && entry.Pfn == zeroFrame)
                zero++;
            else if (entry.IsPresent)
                present++;
            else if (entry.IsSwap)
                swapped++;
            else if (entry.IsHwPoison)
                poisoned++;
            else
                markers++;
        }
        ulong[] ranges = [.. region.HugeRanges];
        return new RegionState
        {
            HugeRanges = ranges.Count(process.IsHuge),
            PageTables = ranges.Count(address => process.TableAt(address) is not null),
            PresentEntries = present,
            ZeroPageEntries = zero,
            AbsentEntries = absent,
            SwapEntries = swapped,
            PoisonedEntries = poisoned,
            MarkerEntries = markers,
            HugeFileRanges = ranges.Count(address => IsHugeInFile(machine, region, address)),
            CachedPages = region.File?.CachedPages ?? 0,
            ResidentPages = process.AnonymousPages + process.FilePages + process.ShmemPages,
            ChargedPages = machine.RootCgroup.ChargedPages,
            FreePages = machine.FreeFrames,
            AnonymousLru = machine.Lru(anonymous: true).Count(),
            FileLru = machine.Lru(anonymous: false).Count(),
            IsolatedPages = machine.Counters.NrIsolatedAnon + machine.Counters.NrIsolatedFile,
            HardwareCorruptedPages = machine.Counters.HardwareCorrupted,
            ThpCollapseAlloc = machine.Counters.ThpCollapseAlloc,
            ThpCollapseAllocFailed = machine.Counters.ThpCollapseAllocFailed,
        };
    }

    private static bool IsHugeInFile(SimulatedMachine machine, StagedRegion region, ulong address)
    {
        uint page = region.FilePageOf((int)((address - region.Address) / NativeRegion.PageSize));
        return region.File is { } file && page % PageTable.EntryCount == 0 && file.IsHuge(page);
    }
}
