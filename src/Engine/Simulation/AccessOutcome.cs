namespace CopyMc.Simulation;

/// <summary>How an access to simulated memory ended: the signal and its code where the kernel would send one.</summary>
public enum AccessOutcome
{
    /// <summary>The bytes were loaded or stored.</summary>
    Done,

    /// <summary>The access would wait: see <see cref="AccessResult.WaitsFor"/>.</summary>
    Waits,

    /// <summary>SIGSEGV, <c>SEGV_MAPERR</c>: nothing is mapped there, or a guard page is.</summary>
    MapError,

    /// <summary>SIGSEGV, <c>SEGV_ACCERR</c>: the mapping does not allow the access.</summary>
    AccessError,

    /// <summary>SIGBUS, <c>BUS_ADRERR</c>: nothing is behind the mapping, or the content cannot be read in.</summary>
    BusAddressError,

    /// <summary>SIGBUS, <c>BUS_MCEERR_AR</c>: the memory is poisoned.</summary>
    MemoryError,

    /// <summary>No frame is free, or the memory control group allows no more.</summary>
    OutOfMemory,
}
