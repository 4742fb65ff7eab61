namespace CopyMc.Contract.Agreement;

/// <summary>What can be read in a page; every word is exact to the byte.</summary>
public enum PageContent
{
    /// <summary>All 4096 bytes are zero.</summary>
    Zero,

    /// <summary>The pattern of generation 0: what was written first.</summary>
    Original,

    /// <summary>The pattern of generation 1: what was written after the fork, or into a private copy.</summary>
    Rewritten,

    /// <summary>A read fails: unmapped, beyond the end of the file, a marker.</summary>
    Unreadable,

    /// <summary>Anything else.</summary>
    Other,
}
