using System.Globalization;
using System.Runtime.InteropServices;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>512 small pages, of private memory or of shmem, that the kernel can collapse into one huge page.</summary>
internal sealed unsafe partial class CollapsibleRange : IDisposable
{
    private const int Pages = 512, AdviceHugePage = 14, AdviceCollapse = 25;
    private const string Settings = "/sys/kernel/mm/transparent_hugepage";

    private readonly Collapser _collapser;

    internal CollapsibleRange(RegionBacking backing, Collapser collapser)
    {
        _collapser = collapser;
        // Only khugepaged obeys these settings. They keep it away from a range that MADV_COLLAPSE is to collapse.
        bool khugepaged = collapser == Collapser.Khugepaged;
        Set("enabled", khugepaged ? "madvise" : "never");
        Set("shmem_enabled", khugepaged ? "advise" : "never");
        // One range per batch, or khugepaged would scan it again before the kernel has handled a bad page.
        Set("khugepaged/pages_to_scan", Pages.ToString(CultureInfo.InvariantCulture));
        Region = new NativeRegion(NativeRegion.HugePageSize, new NativeRegionOptions { Backing = backing });
        Pattern.Fill(Region.Span, seed: 15);
    }

    internal NativeRegion Region { get; }

    /// <summary>
    /// Whether its pages are one huge page, mapped by a PMD or by PTEs: consecutive frames from a multiple of its size on. Reads every page.
    /// </summary>
    internal bool IsHuge
    {
        get
        {
            ulong first = 0;
            for (int i = 0; i < Pages; i++)
            {
                byte* page = Region.Pointer + i * NativeRegion.PageSize;
                _ = Volatile.Read(ref *page);
                // khugepaged may unmap a file's page after the read.
                if (Physical.MappedAddressOf(page) is not { } address)
                    return false;
                if (i == 0)
                    first = address;
                if (first % NativeRegion.HugePageSize != 0 || address != first + (ulong)(i * NativeRegion.PageSize))
                    return false;
            }
            return true;
        }
    }

    public void Dispose() => Region.Dispose();

    /// <summary>Starts a collapse. MADV_COLLAPSE ends before this returns its errno; khugepaged collapses within seconds.</summary>
    internal int Collapse()
    {
        // Twice, because 6.1 registers shmem with khugepaged only if the area had the advice before (khugepaged_enter_vma checks the old flags).
        for (int i = 0; i < 2; i++)
            Require.Equal(0, MemoryAdvise(Region.Pointer, Region.Length, AdviceHugePage));
        if (_collapser == Collapser.Madvise)
            return MemoryAdvise(Region.Pointer, Region.Length, AdviceCollapse) == 0 ? 0 : Marshal.GetLastPInvokeError();
        // Writing this setting wakes khugepaged.
        Set("khugepaged/scan_sleep_millisecs", "5000");
        return 0;
    }

    private static void Set(string setting, string value) => File.WriteAllText($"{Settings}/{setting}", value);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int MemoryAdvise(void* start, nuint length, int advice);
}
