namespace CopyMc.Simulation;

/// <summary>The flags of a <see cref="Vma"/>, as the kernel's <c>VM_</c> flags (<c>include/linux/mm.h</c>).</summary>
[Flags]
public enum VmaFlags
{
    /// <summary>No access: <c>PROT_NONE</c>.</summary>
    None = 0,

    /// <summary>Loads.</summary>
    Read = 1 << 0,

    /// <summary>Stores.</summary>
    Write = 1 << 1,

    /// <summary>Stores reach the file and every other process that maps it.</summary>
    Shared = 1 << 2,

    /// <summary>Huge pages are advised (<c>MADV_HUGEPAGE</c>).</summary>
    HugePage = 1 << 3,

    /// <summary>Huge pages are refused (<c>MADV_NOHUGEPAGE</c>).</summary>
    NoHugePage = 1 << 4,

    /// <summary>userfaultfd reports missing pages.</summary>
    UffdMissing = 1 << 5,

    /// <summary>userfaultfd write-protects.</summary>
    UffdWriteProtect = 1 << 6,

    /// <summary>userfaultfd reports pages that are in the page cache, but not in the page table.</summary>
    UffdMinor = 1 << 7,

    /// <summary>The pages stay in memory (<c>mlock(2)</c>): reclaim skips them.</summary>
    Locked = 1 << 8,

    /// <summary>
    /// Memory without pages in this machine: hugetlbfs, secret memory, devices (<c>VM_NO_KHUGEPAGED</c>). It cannot be accessed.
    /// </summary>
    Special = 1 << 9,

    /// <summary>
    /// A shared mapping of a file through a writable descriptor (<c>VM_MAYWRITE</c>), which can be made writable. A mapping with <see cref="Write"/>
    /// and <see cref="Shared"/> has it, and keeps it when <see cref="Write"/> is removed.
    /// </summary>
    MayWrite = 1 << 10,

    /// <summary>Execution.</summary>
    Execute = 1 << 11,

    /// <summary>The area may grow towards lower addresses (<c>MAP_GROWSDOWN</c>).</summary>
    GrowsDown = 1 << 12,

    /// <summary>A child of <c>fork(2)</c> does not get the area (<c>MADV_DONTFORK</c>).</summary>
    DontFork = 1 << 13,

    /// <summary>A child of <c>fork(2)</c> finds zeros in the area (<c>MADV_WIPEONFORK</c>).</summary>
    WipeOnFork = 1 << 14,

    /// <summary>The kernel may drop the pages (<c>MAP_DROPPABLE</c>).</summary>
    Droppable = 1 << 15,

    /// <summary>The area may not be unmapped, moved or replaced, and its protection may not change (<c>mseal(2)</c>).</summary>
    Sealed = 1 << 16,

    /// <summary>The pages are locked when they are first accessed (<c>MLOCK_ONFAULT</c>). Only together with <see cref="Locked"/>.</summary>
    LockOnFault = 1 << 17,

    /// <summary>Accesses are in random order (<c>MADV_RANDOM</c>).</summary>
    RandomRead = 1 << 18,

    /// <summary>Accesses are in sequential order (<c>MADV_SEQUENTIAL</c>).</summary>
    SequentialRead = 1 << 19,

    /// <summary>Swap space is reserved for private pages (<c>VM_ACCOUNT</c>): areas that differ in this do not merge.</summary>
    Account = 1 << 20,

    /// <summary>No swap space is reserved (<c>MAP_NORESERVE</c>).</summary>
    NoReserve = 1 << 21,
}
