namespace CopyMc.Simulation;

/// <summary>Why entries are dropped, which says what stays (<c>struct zap_details</c>).</summary>
internal enum ZapKind
{
    /// <summary>The area goes: nothing stays (<c>unmap_vmas</c>).</summary>
    Unmap,

    /// <summary><c>MADV_DONTNEED</c>: guards stay, and the write protection of a file's pages; an empty page table is freed.</summary>
    DontNeed,

    /// <summary>The file ends before these pages: as <see cref="DontNeed"/>, but page tables stay.</summary>
    Truncate,
}
