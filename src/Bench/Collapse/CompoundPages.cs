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

    /// <summary>The window, a gap, and where the pages that move lie for a moment.</summary>
    private const ulong NeededBehind = 4 * Huge;

    /// <returns>The first failure: the addresses behind the region are past the end or taken, or there are too few huge pages.</returns>
    internal static ActionResult Build(AddressSpace process, StagedRegion region)
    {
        ulong window = region.Address + region.Length;
        ulong aside = window + 2 * Huge;
        SystemCallResult free = process.Mmap(window, NeededBehind, Protection.None, MapFlags.Private | MapFlags.FixedNoReplace);
        if (!free.IsDone)
            return new ActionResult(IsDone: false, IsWaiting: false, $"{free}: the 8 MiB behind the region must be free");
        process.Munmap(region.Address, region.Length + NeededBehind);
        process.Mmap(window, Huge, Protection.ReadWrite, MapFlags.Private | MapFlags.Fixed);
        for (ulong taken = 0; taken < (ulong)PageTable.EntryCount; taken++)
        {
            ActionResult made = process.Write(window, [1]);
            if (made.IsDone)
                made = process.Madvise(window, Huge, Advice.Collapse);
            if (!made.IsDone)
                return made;
            process.Mremap(window - taken * Page, taken * Page + Huge, (taken + 1) * Page, Move, aside);
            process.Mremap(aside, (taken + 1) * Page, (taken + 1) * Page + Huge, Move, window - (taken + 1) * Page);
        }
        process.Munmap(window, Huge);
        return ActionResult.Done;
    }
}
