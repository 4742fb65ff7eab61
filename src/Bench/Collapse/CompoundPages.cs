using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>
/// Builds a page table whose every entry maps the first page of a different huge page, as the kernel's own test does it: behind a growing
/// window a huge page is made, the window takes its first page in, and all of it moves down by one page.
/// </summary>
internal static class CompoundPages
{
    private const ulong Page = NativeRegion.PageSize, Huge = NativeRegion.HugePageSize;

    /// <returns>False if the machine has too few huge pages.</returns>
    internal static bool TryBuild(AddressSpace process, StagedRegion region)
    {
        ulong window = region.Address + region.Length;
        ulong aside = window + 2 * Huge;
        process.Unmap(region.Address, region.Length);
        process.Map(Huge, VmaFlags.Read | VmaFlags.Write, window);
        for (ulong taken = 0; taken < (ulong)PageTable.EntryCount; taken++)
        {
            if (process.Write(window, [1]) != AccessResult.Done || MadviseCollapse.Run(process, window, Huge, out _) != 0)
                return false;
            process.Remap(window - taken * Page, taken * Page + Huge, (taken + 1) * Page, aside);
            process.Remap(aside, (taken + 1) * Page, (taken + 1) * Page + Huge, window - (taken + 1) * Page);
        }
        process.Unmap(window, Huge);
        process.SetFlags(region.Address, region.Length, VmaFlags.NoHugePage);
        return true;
    }
}
