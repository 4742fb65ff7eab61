namespace CopyMc;

/// <summary>
/// Looks for poison that the kernel knows of already: what it took from under this process before anybody asked for early reports, or
/// while nobody touched it. Reads /proc/self/pagemap and /proc/kpageflags, and no byte of the memory itself.
/// </summary>
/// <remarks>
/// <para>
/// Seen are frames that the kernel has given up (<c>MADV_HWPOISON</c> and machine checks) and <c>UFFDIO_POISON</c>. Not seen is what has
/// never been mapped here: pages of a file that nobody touched, what lies beyond a file's end, and hugetlb pages.
/// </para>
/// <para>Needs <c>CAP_SYS_ADMIN</c>: the kernel shows page frame numbers to nobody else. Thread-safe.</para>
/// </remarks>
public static unsafe class PoisonScan
{
    private static readonly Lazy<string?> s_unsupportedReason = new(Try);

    /// <summary>Why it cannot be done here; <see langword="null"/> if it can.</summary>
    public static string? UnsupportedReason => s_unsupportedReason.Value;

    /// <summary>Marks what the kernel knows to be poisoned, in this map and in every other live one that covers it.</summary>
    /// <param name="map">The range to look at.</param>
    /// <returns>How many lines of the map the kernel knows to be poisoned, whether they were marked before or not.</returns>
    /// <exception cref="PlatformNotSupportedException">It cannot be done here; the message is <see cref="UnsupportedReason"/>.</exception>
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
                        PoisonRegistry.MarkEverywhere(at, NativeRegion.PageSize);
                        lines += LinesOf(map, at);
                    }
                    at += NativeRegion.PageSize;
                }
            }
        }
        return lines;
    }

    /// <summary>How many of the map's lines lie in a page.</summary>
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
