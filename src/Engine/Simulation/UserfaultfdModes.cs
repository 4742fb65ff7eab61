namespace CopyMc.Simulation;

/// <summary>The faults that a registration with userfaultfd reports (<c>UFFDIO_REGISTER_MODE_</c>).</summary>
[Flags]
public enum UserfaultfdModes
{
    /// <summary>Accesses to missing pages: not in the page table and, for a file, not in the page cache.</summary>
    Missing = 1,

    /// <summary>Stores to pages that are write-protected.</summary>
    WriteProtect = 2,

    /// <summary>Accesses to pages of shmem that are in the page cache, but not in the page table.</summary>
    Minor = 4,
}
