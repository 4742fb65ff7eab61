namespace CopyMc.Contract.Agreement;

/// <summary>What stands behind an aligned range of 2 MiB.</summary>
public enum RangeMapping
{
    /// <summary>Not one huge page.</summary>
    Small,

    /// <summary>One huge page, as the page cache or PTEs have it, but no PMD maps it here.</summary>
    Folio,

    /// <summary>A PMD maps one huge page.</summary>
    Huge,
}
