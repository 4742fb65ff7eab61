namespace CopyMc.Simulation;

/// <summary>Who may have huge pages (<c>/sys/kernel/mm/transparent_hugepage/enabled</c> and <c>shmem_enabled</c>).</summary>
public enum ThpMode
{
    /// <summary>Nobody, but <c>MADV_COLLAPSE</c> still works.</summary>
    Never,

    /// <summary>Areas with <see cref="VmaFlags.HugePage"/>.</summary>
    Madvise,

    /// <summary>Every area that does not refuse.</summary>
    Always,

    /// <summary>Nobody at all, <c>MADV_COLLAPSE</c> included (<c>shmem_enabled</c> alone).</summary>
    Deny,
}
