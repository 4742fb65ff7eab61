namespace CopyMc;

/// <summary>How a <see cref="NativeRegion"/> is mapped. All values are read when the region is made.</summary>
public sealed class NativeRegionOptions
{
    /// <summary>What lies behind the region. <see cref="RegionBacking.File"/> is not accepted here.</summary>
    public RegionBacking Backing { get; init; }

    /// <summary>What pages the region is made of.</summary>
    public PageKind Pages { get; init; }

    /// <summary>Keeps the pages in memory (<c>mlock(2)</c>). Counts against <c>RLIMIT_MEMLOCK</c>.</summary>
    public bool Lock { get; init; }

    /// <summary>Writes to every page at once, so that no later copy pays for first touches.</summary>
    public bool Populate { get; init; } = true;

    /// <summary>
    /// Whether the system must be ready to back all of the region at once. Off (<c>MAP_NORESERVE</c>), a region may be larger than the
    /// memory, as long as no more of it is touched than there is.
    /// </summary>
    public bool Reserve { get; init; } = true;
}
