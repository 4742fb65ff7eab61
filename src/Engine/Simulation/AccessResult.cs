namespace CopyMc.Simulation;

/// <summary>How something that was done to the simulated machine ended.</summary>
public enum AccessResult
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>A lock is held by somebody else; nothing was changed, and it can be tried again.</summary>
    WouldBlock,

    /// <summary>Nothing may be accessed there: SIGSEGV, or <c>EINVAL</c> or <c>ENOMEM</c> of a call.</summary>
    SegmentationFault,

    /// <summary>Poison, or nothing behind the mapping: SIGBUS.</summary>
    BusError,

    /// <summary>No frame is free, or the memory control group allows no more.</summary>
    OutOfMemory,
}
