namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What a region is made of.</summary>
internal enum MemoryKind
{
    /// <summary>Private memory of the process.</summary>
    Anonymous,

    /// <summary>A file in memory: memfd, tmpfs.</summary>
    Shmem,

    /// <summary>A regular file, mapped and clean.</summary>
    File,
}
