namespace CopyMc;

/// <summary>What stopped a copy.</summary>
public enum CopyFaultKind
{
    /// <summary>Nothing: all bytes were copied.</summary>
    None,

    /// <summary>A line that a <see cref="PoisonMap"/> had marked; the copy did not touch it.</summary>
    KnownPoison,

    /// <summary>The hardware reported poison: SIGBUS with <c>BUS_MCEERR_AR</c>.</summary>
    MachineCheck,

    /// <summary>The memory behind the mapping is gone: SIGBUS with <c>BUS_ADRERR</c> or <c>BUS_OBJERR</c>, as after a file is truncated.</summary>
    BusError,

    /// <summary>The memory may not be accessed: SIGSEGV, where an engine has <see cref="CopyEngineOptions.RecoverSegmentationFaults"/>.</summary>
    AccessViolation,
}
