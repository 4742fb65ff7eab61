namespace CopyMc.Simulation;

/// <summary>Why entries are dropped, which determines the entries that stay (<c>struct zap_details</c>).</summary>
internal enum ZapKind
{
    /// <summary>The area is unmapped: nothing stays (<c>unmap_vmas</c>).</summary>
    Unmap,

    /// <summary><c>MADV_DONTNEED</c>: guards and the write protection of a file's pages stay; an empty page table is freed.</summary>
    DontNeed,

    /// <summary>The file was truncated before these pages: as <see cref="DontNeed"/>, but page tables stay.</summary>
    Truncate,
}
