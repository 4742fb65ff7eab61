namespace CopyMc;

/// <summary>What pages a <see cref="NativeRegion"/> is made of.</summary>
public enum PageKind
{
    /// <summary>4 KiB pages only; transparent huge pages are refused (<c>MADV_NOHUGEPAGE</c>).</summary>
    Small,

    /// <summary>2 MiB pages where the kernel has them to give (<c>MADV_HUGEPAGE</c>); 4 KiB elsewhere.</summary>
    TransparentHuge,

    /// <summary>2 MiB pages from the hugetlb pool (<c>MAP_HUGETLB</c>); fails where the pool is empty.</summary>
    HugeTlb,
}
