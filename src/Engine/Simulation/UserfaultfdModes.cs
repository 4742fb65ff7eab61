namespace CopyMc.Simulation;

/// <summary>What a registration with userfaultfd reports (<c>UFFDIO_REGISTER_MODE_</c>).</summary>
[Flags]
public enum UserfaultfdModes
{
    /// <summary>Accesses to pages that are missing: not in the page table, nor, of a file, in the page cache.</summary>
    Missing = 1,

    /// <summary>Stores to pages that are write-protected.</summary>
    WriteProtect = 2,

    /// <summary>Accesses to pages of shmem that are in the page cache and not in the page table.</summary>
    Minor = 4,
}
