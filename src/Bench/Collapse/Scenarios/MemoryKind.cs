namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>The kind of memory of a region.</summary>
internal enum MemoryKind
{
    /// <summary>Private memory of the process.</summary>
    Anonymous,

    /// <summary>A file in memory: memfd, tmpfs.</summary>
    Shmem,

    /// <summary>A regular file, mapped and clean.</summary>
    File,
}
