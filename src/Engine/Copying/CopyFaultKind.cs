namespace CopyMc;

/// <summary>What stopped a copy.</summary>
public enum CopyFaultKind
{
    /// <summary>Nothing: all bytes were copied.</summary>
    None,

    /// <summary>A line that a <see cref="PoisonMap"/> had marked; nothing was touched.</summary>
    KnownPoison,

    /// <summary>The hardware reported poison: SIGBUS with <c>BUS_MCEERR_AR</c>.</summary>
    MachineCheck,

    /// <summary>The memory is no longer there: SIGBUS with <c>BUS_ADRERR</c> or <c>BUS_OBJERR</c>, as after a mapped file was truncated.</summary>
    BusError,

    /// <summary>The memory may not be accessed: SIGSEGV. Only once an engine was made with <see cref="CopyEngineOptions.RecoverSegmentationFaults"/>.</summary>
    AccessViolation,
}
