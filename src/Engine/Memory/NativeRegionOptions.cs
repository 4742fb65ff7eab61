namespace CopyMc;

/// <summary>Settings of a <see cref="NativeRegion"/>, read when it is created.</summary>
public sealed class NativeRegionOptions
{
    /// <summary>The memory behind the region. For <see cref="RegionBacking.File"/>, use <see cref="NativeRegion.MapFile(string, bool)"/> instead.</summary>
    public RegionBacking Backing { get; init; }

    /// <summary>The kind of pages.</summary>
    public PageKind Pages { get; init; }

    /// <summary>Whether the pages are locked in memory (<c>mlock(2)</c>). Counts against <c>RLIMIT_MEMLOCK</c>.</summary>
    public bool Lock { get; init; }

    /// <summary>Whether every page is written when the region is created, so that no copy takes the first page faults. On by default.</summary>
    public bool Populate { get; init; } = true;

    /// <summary>
    /// Whether memory is reserved for the whole region, as it is by default. If not (<c>MAP_NORESERVE</c>), a region may be larger than memory, as long as the
    /// touched pages fit.
    /// </summary>
    public bool Reserve { get; init; } = true;

    /// <summary>
    /// The NUMA node that the memory comes from, and no other (<c>MPOL_BIND</c>); <see langword="null"/>: the kernel chooses, mostly the node of the
    /// thread that touches a page first. A touch of a <see cref="PageKind.HugeTlb"/> page that the node's pool does not have raises SIGBUS.
    /// </summary>
    public int? Node { get; init; }
}
