namespace CopyMc.Simulation;

/// <summary>What a <see cref="Vma"/> allows and asks for, as the kernel's <c>VM_</c> flags.</summary>
[Flags]
public enum VmaFlags
{
    /// <summary>No access: <c>PROT_NONE</c>.</summary>
    None = 0,

    /// <summary>May be read.</summary>
    Read = 1 << 0,

    /// <summary>May be written.</summary>
    Write = 1 << 1,

    /// <summary>Stores reach the file and everybody else who maps it.</summary>
    Shared = 1 << 2,

    /// <summary>Huge pages are asked for (<c>MADV_HUGEPAGE</c>).</summary>
    HugePage = 1 << 3,

    /// <summary>Huge pages are refused (<c>MADV_NOHUGEPAGE</c>).</summary>
    NoHugePage = 1 << 4,

    /// <summary>userfaultfd watches for missing pages.</summary>
    UffdMissing = 1 << 5,

    /// <summary>userfaultfd write-protects.</summary>
    UffdWriteProtect = 1 << 6,

    /// <summary>Guard markers were set at some time: page tables are not to be dropped.</summary>
    Guarded = 1 << 7,

    /// <summary>Its pages stay in memory (<c>mlock(2)</c>): reclaim leaves them.</summary>
    Locked = 1 << 8,

    /// <summary>
    /// Memory that this machine has no pages of: hugetlbfs, secret memory, a device's (<c>VM_NO_KHUGEPAGED</c>). It cannot be touched.
    /// </summary>
    Special = 1 << 9,

    /// <summary>
    /// A shared mapping of a file that is open for writing, which may be made writable (<c>VM_MAYWRITE</c>). Whatever is
    /// <see cref="Write"/> and <see cref="Shared"/> has it, and keeps it when <see cref="Write"/> is taken away.
    /// </summary>
    MayWrite = 1 << 10,
}
