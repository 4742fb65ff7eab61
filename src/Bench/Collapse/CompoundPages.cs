using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>
/// Builds a page table whose every entry maps the first page of a different huge page, as the kernel's own test does it: behind a growing
/// window a huge page is made, the window takes its first page in, and all of it moves down by one page.
/// </summary>
internal static class CompoundPages
{
    private const RemapFlags Move = RemapFlags.MayMove | RemapFlags.Fixed;
    private const ulong Page = NativeRegion.PageSize, Huge = NativeRegion.HugePageSize;

    /// <returns>False if the machine has too few huge pages.</returns>
    internal static bool TryBuild(AddressSpace process, StagedRegion region)
    {
        ulong window = region.Address + region.Length;
        ulong aside = window + 2 * Huge;
        process.Munmap(region.Address, region.Length);
        process.Mmap(window, Huge, Protection.ReadWrite, MapFlags.Private | MapFlags.Fixed);
        for (ulong taken = 0; taken < (ulong)PageTable.EntryCount; taken++)
        {
            if (!process.Write(window, [1]).IsDone || !process.Madvise(window, Huge, Advice.Collapse).IsDone)
                return false;
            process.Mremap(window - taken * Page, taken * Page + Huge, (taken + 1) * Page, Move, aside);
            process.Mremap(aside, (taken + 1) * Page, (taken + 1) * Page + Huge, Move, window - (taken + 1) * Page);
        }
        process.Munmap(window, Huge);
        return true;
    }
}
