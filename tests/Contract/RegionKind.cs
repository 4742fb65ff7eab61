namespace CopyMc.Contract;

/// <summary>A kind of memory to poison.</summary>
/// <param name="Backing">The memory behind it.</param>
/// <param name="Pages">The kind of pages.</param>
/// <param name="Locked">Whether the pages are locked.</param>
public readonly record struct RegionKind(RegionBacking Backing, PageKind Pages, bool Locked = false)
{
    /// <summary>The kinds that every machine has.</summary>
    public static IReadOnlyList<RegionKind> All { get; } =
    [
        new(RegionBacking.Anonymous, PageKind.Small),
        new(RegionBacking.Anonymous, PageKind.Small, Locked: true),
        new(RegionBacking.Anonymous, PageKind.TransparentHuge),
        new(RegionBacking.Memfd, PageKind.Small),
    ];

    /// <summary>The options that map it.</summary>
    private NativeRegionOptions Options => new() { Backing = Backing, Pages = Pages, Lock = Locked };

    /// <summary>Maps at least <paramref name="length"/> bytes, in whole pages of the kind. The promise is unavailable if the kernel has no free huge page.</summary>
    internal unsafe NativeRegion Make(nuint length)
    {
        if (Pages == PageKind.Small)
            return new NativeRegion(length, Options);
        var region = new NativeRegion((length + NativeRegion.HugePageSize - 1) / NativeRegion.HugePageSize * NativeRegion.HugePageSize, Options);
        using var pages = new PageMapFile();
        bool? isHuge = pages.IsHuge((nuint)region.Pointer, (nuint)region.Pointer + region.Length);
        if (isHuge == true)
            return region;
        region.Dispose();
        Require.Unavailable(isHuge is null ? "the kernel does not report which pages are huge (Linux 6.7)" : "the kernel has no free huge page");
        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Backing}, {Pages}{(Locked ? ", locked" : "")}";
}
