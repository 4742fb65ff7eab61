namespace CopyMc.Contract.Agreement;

/// <summary>What kind of memory the mapping is.</summary>
public enum CollapseMemory
{
    /// <summary>Private anonymous memory.</summary>
    Anonymous,

    /// <summary>A memfd (shmem), mapped shared.</summary>
    Shared,

    /// <summary>A memfd (shmem), mapped private: reads show the file, a write makes an anonymous copy of the page.</summary>
    Private,

    /// <summary>A file on a disk, open for writing, mapped shared.</summary>
    Disk,

    /// <summary>A file on a disk that nobody has open for writing, mapped private, readable and executable.</summary>
    ReadOnlyDisk,

    /// <summary>Memory of hugetlbfs, never touched: there may be no pages of it.</summary>
    Hugetlb,

    /// <summary>memfd_secret(2).</summary>
    Secret,
}
