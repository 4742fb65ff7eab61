namespace CopyMc;

/// <summary>The memory behind a <see cref="NativeRegion"/>.</summary>
public enum RegionBacking
{
    /// <summary>Private anonymous memory.</summary>
    Anonymous,

    /// <summary>A shared mapping of an unnamed file in memory (<c>memfd_create(2)</c>).</summary>
    Memfd,

    /// <summary>A mapping of a file on disk; made by <see cref="NativeRegion.MapFile(string, bool)"/>.</summary>
    File,
}
