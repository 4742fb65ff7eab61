namespace CopyMc.Simulation;

/// <summary>The areas that may have huge pages (<c>/sys/kernel/mm/transparent_hugepage/enabled</c> and <c>shmem_enabled</c>).</summary>
public enum ThpMode
{
    /// <summary>None, but <c>MADV_COLLAPSE</c> still works.</summary>
    Never,

    /// <summary>Areas with <see cref="VmaFlags.HugePage"/>.</summary>
    Madvise,

    /// <summary>Every area that does not refuse.</summary>
    Always,

    /// <summary>None, not even for <c>MADV_COLLAPSE</c> (only <c>shmem_enabled</c>).</summary>
    Deny,
}
