namespace CopyMc.Simulation;

/// <summary>The outcome of an access to simulated memory, with the signal and code that the kernel would send.</summary>
public enum AccessOutcome
{
    /// <summary>The bytes were loaded or stored.</summary>
    Done,

    /// <summary>The access would wait: see <see cref="AccessResult.WaitsFor"/>.</summary>
    Waits,

    /// <summary>SIGSEGV, <c>SEGV_MAPERR</c>: nothing is mapped, or a guard is installed.</summary>
    MapError,

    /// <summary>SIGSEGV, <c>SEGV_ACCERR</c>: the mapping does not allow the access.</summary>
    AccessError,

    /// <summary>SIGBUS, <c>BUS_ADRERR</c>: the file has no such page, or the content cannot be read.</summary>
    BusAddressError,

    /// <summary>SIGBUS, <c>BUS_MCEERR_AR</c>: the memory is poisoned.</summary>
    MemoryError,

    /// <summary>No frame is free, or the memory control group has reached its limit.</summary>
    OutOfMemory,
}
