namespace CopyMc.Contract;

/// <summary>A way to map memory that poison may meet.</summary>
/// <param name="Backing">What lies behind it.</param>
/// <param name="Pages">What pages it is made of.</param>
/// <param name="Locked">Whether the pages are locked.</param>
public readonly record struct RegionKind(RegionBacking Backing, PageKind Pages, bool Locked = false)
{
    /// <summary>Lists those that every machine has.</summary>
    public static IReadOnlyList<RegionKind> All { get; } =
    [
        new(RegionBacking.Anonymous, PageKind.Small),
        new(RegionBacking.Anonymous, PageKind.Small, Locked: true),
        new(RegionBacking.Anonymous, PageKind.TransparentHuge),
        new(RegionBacking.Memfd, PageKind.Small),
    ];

    /// <summary>How to map it so.</summary>
    public NativeRegionOptions Options => new() { Backing = Backing, Pages = Pages, Lock = Locked };

    /// <inheritdoc/>
    public override string ToString() => $"{Backing}, {Pages}{(Locked ? ", locked" : "")}";
}
