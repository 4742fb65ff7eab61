namespace CopyMc;

/// <summary>The kind of pages of a <see cref="NativeRegion"/>.</summary>
public enum PageKind
{
    /// <summary>4 KiB pages, never transparent huge pages (<c>MADV_NOHUGEPAGE</c>).</summary>
    Small,

    /// <summary>2 MiB pages where the kernel has free ones (<c>MADV_HUGEPAGE</c>), else 4 KiB pages.</summary>
    TransparentHuge,

    /// <summary>2 MiB pages from the hugetlb pool (<c>MAP_HUGETLB</c>); fails if the pool is empty.</summary>
    HugeTlb,
}
