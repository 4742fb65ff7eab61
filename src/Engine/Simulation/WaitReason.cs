namespace CopyMc.Simulation;

/// <summary>What a system call or a memory access would wait for. It has changed nothing, and can be tried again.</summary>
public enum WaitReason
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The address space's <c>mmap_lock</c>, which a collapse holds.</summary>
    MmapLock,

    /// <summary>The lock of a page, which a collapse, reclaim or <see cref="SimulatedMachine.TryLockPage"/> holds.</summary>
    PageLock,

    /// <summary>The lock of the reverse map of anonymous memory (<c>anon_vma</c>).</summary>
    AnonVmaLock,

    /// <summary>A slot of the page cache that a collapse keeps closed (<c>XA_RETRY_ENTRY</c>).</summary>
    PageCacheSlot,

    /// <summary>The holder of the userfaultfd, which must supply the missing page.</summary>
    UserfaultfdMissing,

    /// <summary>The holder of the userfaultfd, which must release the write protection.</summary>
    UserfaultfdWriteProtect,

    /// <summary>The holder of the userfaultfd, which must map the page of the page cache.</summary>
    UserfaultfdMinor,
}
