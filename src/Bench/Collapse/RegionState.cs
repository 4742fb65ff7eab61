using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>A region as one process maps it, and the machine around it.</summary>
/// <param name="HugeRanges">2 MiB ranges mapped by a huge page.</param>
/// <param name="PageTables">2 MiB ranges mapped by a page table.</param>
/// <param name="PresentEntries">Entries of page tables that map a page.</param>
/// <param name="ZeroPageEntries">Entries that map the zero page.</param>
/// <param name="AbsentEntries">Empty entries.</param>
/// <param name="SwapEntries">Entries of pages in swap.</param>
/// <param name="PoisonedEntries">Entries that memory failure left.</param>
/// <param name="MarkerEntries">Entries of userfaultfd and guards without a page.</param>
/// <param name="HugeFileRanges">2 MiB ranges of the file that are a huge page in its cache.</param>
/// <param name="CachedPages">Pages of the file in its cache.</param>
/// <param name="ResidentPages">Pages that the process has resident: RssAnon, RssFile and RssShmem.</param>
/// <param name="ChargedPages">Pages charged to the memory control group.</param>
/// <param name="FreePages">Free pages of the machine.</param>
/// <param name="AnonymousLru">Folios on the LRU list of anonymous memory.</param>
/// <param name="FileLru">Folios on the LRU list of files.</param>
/// <param name="IsolatedPages">nr_isolated_anon and nr_isolated_file.</param>
/// <param name="HardwareCorruptedPages">HardwareCorrupted of /proc/meminfo, in pages.</param>
/// <param name="ThpCollapseAlloc">thp_collapse_alloc.</param>
/// <param name="ThpCollapseAllocFailed">thp_collapse_alloc_failed.</param>
internal sealed record RegionState(
    int HugeRanges, int PageTables,
    int PresentEntries, int ZeroPageEntries, int AbsentEntries, int SwapEntries, int PoisonedEntries, int MarkerEntries,
    int HugeFileRanges, long CachedPages, long ResidentPages, long ChargedPages, long FreePages,
    int AnonymousLru, int FileLru, long IsolatedPages, long HardwareCorruptedPages, long ThpCollapseAlloc, long ThpCollapseAllocFailed)
{
    /// <summary>Reads the state and changes nothing.</summary>
    internal static RegionState Of(SimulatedMachine machine, AddressSpace process, StagedRegion region)
    {
        var zeroFrame = (uint)(machine.Content.Length / NativeRegion.PageSize - 1);
        ulong[] ranges = [.. region.HugeRanges];
        IEnumerable<ulong> pages = Enumerable.Range(0, region.Setup.LengthPages).Select(region.AddressOf);
        Pte[] entries = [.. pages.Where(address => !process.IsHuge(address)).Select(process.EntryAt)];
        Pte[] present = Array.FindAll(entries, entry => entry.IsPresent);
        int zero = present.Count(entry => entry.Pfn == zeroFrame), absent = entries.Count(entry => entry.IsNone);
        int swapped = entries.Count(entry => entry.IsSwap), poisoned = entries.Count(entry => entry.IsHwPoison);
        VmCounters counters = machine.Counters;
        return new RegionState(
            HugeRanges: ranges.Count(process.IsHuge),
            PageTables: ranges.Count(address => process.TableAt(address) is not null),
            PresentEntries: present.Length - zero,
            ZeroPageEntries: zero,
            AbsentEntries: absent,
            SwapEntries: swapped,
            PoisonedEntries: poisoned,
            MarkerEntries: entries.Length - present.Length - absent - swapped - poisoned,
            HugeFileRanges: ranges.Count(region.IsHugeInFile),
            CachedPages: region.File?.CachedPages ?? 0,
            ResidentPages: process.AnonymousPages + process.FilePages + process.ShmemPages,
            ChargedPages: machine.RootCgroup.ChargedPages,
            FreePages: machine.FreeFrames,
            AnonymousLru: machine.Lru(anonymous: true).Count(),
            FileLru: machine.Lru(anonymous: false).Count(),
            IsolatedPages: counters.NrIsolatedAnon + counters.NrIsolatedFile,
            HardwareCorruptedPages: counters.HardwareCorrupted,
            ThpCollapseAlloc: counters.ThpCollapseAlloc,
            ThpCollapseAllocFailed: counters.ThpCollapseAllocFailed);
    }
}
