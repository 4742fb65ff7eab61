using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CopyMc;

/// <summary>/proc/self/pagemap: an entry for each page of the process.</summary>
internal sealed unsafe class PageMapFile : IDisposable
{
    // <linux/fs.h>.
    private const nuint ScanRequest = 0xC0606610;
    private const ulong CategoryPresent = 1 << 3, CategorySwapped = 1 << 4, CategoryHuge = 1 << 6;

    private readonly SafeFileHandle _file = File.OpenHandle("/proc/self/pagemap");
    private bool _canScan = true;

    /// <summary><c>struct pm_scan_arg</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ScanArgument
    {
        internal ulong Size, Flags, Start, End, WalkEnd, Vector, VectorLength, MaxPages;
        internal ulong CategoryInverted, CategoryMask, CategoryAnyOfMask, ReturnMask;
    }

    /// <summary><c>struct page_region</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PageRegion
    {
        internal ulong Start, End, Categories;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Reads the entries of consecutive pages from an address on.</summary>
    internal void Read(nuint page, Span<PageMapEntry> entries)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(entries);
        int read = RandomAccess.Read(_file, bytes, (long)(page / NativeRegion.PageSize * sizeof(ulong)));
        bytes[read..].Clear();
    }

    /// <summary>
    /// The next run of present or swapped pages from an address on (<c>PAGEMAP_SCAN</c>, Linux 6.7), so that a large, mostly unused region
    /// costs little. Empty at the end. On older kernels the whole range is one run.
    /// </summary>
    internal (nuint Start, nuint End) NextUsed(nuint start, nuint end)
    {
        if (start >= end)
            return (end, end);
        if (_canScan)
        {
            int regions = Scan(start, end, CategoryPresent | CategorySwapped, out PageRegion found);
            if (regions >= 0)
                return regions == 0 ? (end, end) : ((nuint)found.Start, (nuint)found.End);
            _canScan = false;
        }
        return (start, end);
    }

    /// <summary>Whether the whole range is mapped by huge pages; <see langword="null"/> if the kernel cannot say (before Linux 6.7).</summary>
    internal bool? IsHuge(nuint start, nuint end)
    {
        int regions = Scan(start, end, CategoryHuge, out PageRegion found);
        return regions < 0 ? null : regions == 1 && found.Start == start && found.End == end;
    }

    /// <summary>Finds the first run of pages of any of these categories. Returns the number found, 0 or 1; negative without <c>PAGEMAP_SCAN</c>.</summary>
    private int Scan(nuint start, nuint end, ulong categories, out PageRegion found)
    {
        PageRegion region;
        var argument = new ScanArgument
        {
            Size = (ulong)sizeof(ScanArgument),
            Start = start,
            End = end,
            Vector = (ulong)&region,
            VectorLength = 1,
            CategoryAnyOfMask = categories,
            ReturnMask = categories,
        };
        int regions = Libc.Ioctl((int)_file.DangerousGetHandle(), ScanRequest, &argument);
        found = region;
        return regions;
    }
}
