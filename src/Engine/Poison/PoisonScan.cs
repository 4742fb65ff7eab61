namespace CopyMc;

/// <summary>
/// Finds poison that the kernel already knows: pages that it unmapped before early reports were requested, or that no access has revealed.
/// Reads /proc/self/pagemap and /proc/kpageflags, and no byte of the memory itself.
/// </summary>
/// <remarks>
/// <para>
/// It finds frames with hardware poison (<c>MADV_HWPOISON</c> and machine checks) and <c>UFFDIO_POISON</c>. It does not find memory that was
/// never mapped here: untouched pages of a file, pages beyond the end of a file, and hugetlb pages.
/// </para>
/// <para>Needs <c>CAP_SYS_ADMIN</c>, without which the kernel hides page frame numbers. Thread-safe.</para>
/// </remarks>
public static unsafe class PoisonScan
{
    private static readonly Lazy<string?> s_unsupportedReason = new(Try);

    /// <summary>Why scans do not work in this process; <see langword="null"/> if they do.</summary>
    public static string? UnsupportedReason => s_unsupportedReason.Value;

    /// <summary>Marks the poison that the kernel knows in the range of a map, in that map and in every other live map that covers it.</summary>
    /// <param name="map">The map whose range is scanned.</param>
    /// <returns>The number of lines of the map that the kernel knows to be poisoned, including those that were marked before.</returns>
    /// <exception cref="PlatformNotSupportedException">Scans do not work in this process; the message has <see cref="UnsupportedReason"/>.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public static long Run(PoisonMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (UnsupportedReason is { } reason)
            throw new PlatformNotSupportedException($"Memory cannot be scanned for poison here: {reason}.");
        _ = map.PoisonedLineCount;

        const nuint PageMask = NativeRegion.PageSize - 1;
        using var pages = new PageMapFile();
        using var flags = new PageFlagsFile();
        Span<PageMapEntry> entries = stackalloc PageMapEntry[512];
        long lines = 0;
        nuint last = (map.End + PageMask) & ~PageMask;
        for (nuint at = map.Start & ~PageMask; at < last;)
        {
            (at, nuint end) = pages.NextUsed(at, last);
            while (at < end)
            {
                Span<PageMapEntry> some = entries[..(int)nuint.Min((nuint)entries.Length, (end - at) / NativeRegion.PageSize)];
                pages.Read(at, some);
                foreach (PageMapEntry entry in some)
                {
                    if (entry.IsPoisonMarker || (entry.Frame != 0 && flags.IsHwPoison(entry.Frame)))
                    {
                        PoisonRegistry.OfProcess.MarkEverywhere(at, NativeRegion.PageSize);
                        lines += LinesOf(map, at);
                    }
                    at += NativeRegion.PageSize;
                }
            }
        }
        return lines;
    }

    /// <summary>The number of lines of a page that a map covers.</summary>
    private static long LinesOf(PoisonMap map, nuint page)
    {
        nuint first = nuint.Max(page, map.Start) / PoisonMap.LineSize;
        nuint last = (nuint.Min(page + NativeRegion.PageSize, map.End) - 1) / PoisonMap.LineSize;
        return (long)(last - first + 1);
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux())
            return "it needs Linux";
        try
        {
            using var flags = new PageFlagsFile();
            using var pages = new PageMapFile();
            using var touched = new NativeRegion(NativeRegion.PageSize);
            var entry = new PageMapEntry[1];
            pages.Read((nuint)touched.Pointer, entry);
            return entry[0].Frame != 0 ? null : "the kernel hides page frame numbers from a process without CAP_SYS_ADMIN";
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return refusal.Message.TrimEnd('.');
        }
    }
}
