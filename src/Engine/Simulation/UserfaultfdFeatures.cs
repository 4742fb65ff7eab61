namespace CopyMc.Simulation;

/// <summary>What a userfaultfd is asked for besides (<c>UFFD_FEATURE_</c>).</summary>
[Flags]
public enum UserfaultfdFeatures
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A child of <c>fork(2)</c> keeps the registration and its write protection (<c>UFFD_FEATURE_EVENT_FORK</c>).</summary>
    EventFork = 1 << 1,

    /// <summary>Memory that <c>mremap(2)</c> moves keeps the registration (<c>UFFD_FEATURE_EVENT_REMAP</c>).</summary>
    EventRemap = 1 << 2,

    /// <summary>Write protection of anonymous memory covers absent pages (<c>UFFD_FEATURE_WP_UNPOPULATED</c>); that of shmem always does.</summary>
    WriteProtectUnpopulated = 1 << 13,
}
