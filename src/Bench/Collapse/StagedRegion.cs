using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>A region where it is mapped.</summary>
/// <param name="Number">Its place in the scenario.</param>
/// <param name="Setup">The region of the scenario.</param>
/// <param name="Address">Its first byte, in every process that has it.</param>
/// <param name="File">The file behind it; null: anonymous memory.</param>
internal sealed record StagedRegion(int Number, RegionSetup Setup, ulong Address, SimulatedFile? File)
{
    internal ulong Length => (ulong)Setup.LengthPages * NativeRegion.PageSize;

    /// <summary>The whole aligned 2 MiB ranges in it, by first address.</summary>
    internal IEnumerable<ulong> HugeRanges
    {
        get
        {
            const ulong Huge = NativeRegion.HugePageSize;
            for (ulong at = (Address + Huge - 1) & ~(Huge - 1); at + Huge <= Address + Length; at += Huge)
                yield return at;
        }
    }

    internal ulong AddressOf(int page) => Address + (ulong)page * NativeRegion.PageSize;

    internal uint FilePageOf(int page) => (uint)(Setup.FilePage + page);

    /// <summary>Whether a 2 MiB range is one huge page in the file's cache.</summary>
    internal bool IsHugeInFile(ulong address)
    {
        uint page = FilePageOf((int)((address - Address) / NativeRegion.PageSize));
        return File is not null && page % PageTable.EntryCount == 0 && File.IsHuge(page);
    }

    /// <summary>The frame that holds a page; null if none does, or if a collapse has detached the page table.</summary>
    internal uint? FrameOf(AddressSpace process, int page)
    {
        Pte entry = process.EntryAt(AddressOf(page));
        if (entry.IsPresent)
            return entry.Pfn;
        PageCacheSlot? slot = File?.SlotAt(FilePageOf(page));
        return slot is { IsPage: true } ? slot.Value.Pfn : null;
    }
}
