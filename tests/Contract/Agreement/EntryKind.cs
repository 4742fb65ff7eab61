namespace CopyMc.Contract.Agreement;

/// <summary>What /proc/PID/pagemap tells of a page table entry.</summary>
internal enum EntryKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A page.</summary>
    Present,

    /// <summary>Not present: a page in swap, or a marker.</summary>
    Swap,
}
