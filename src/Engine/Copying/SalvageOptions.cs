namespace CopyMc;

/// <summary>Settings of one <see cref="CopyEngine.Salvage(void*, void*, nuint, SalvageOptions)"/>.</summary>
public sealed class SalvageOptions
{
    /// <summary>The value that is written over lost bytes of the destination.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to an undefined value.</exception>
    public SalvageFill Fill
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Fill), value, "The fill is not defined.");
    }

    /// <summary>The byte for <see cref="SalvageFill.Pattern"/>.</summary>
    public byte Pattern { get; init; }

    /// <summary>How lost bytes of the destination are marked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to an undefined value.</exception>
    public PoisonPropagation Propagation
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(Propagation), value, "The propagation is not defined.");
    }

    /// <summary>
    /// Whether the salvage asks the kernel for the next bad page when bad pages are close together (process_vm_readv(2) on this process),
    /// which costs less than half a signal per page. Otherwise every bad page costs a signal.
    /// </summary>
    /// <remarks>The kernel reads a byte of each page, so the kernel itself may read latent poison.</remarks>
    public bool LookAhead { get; init; } = true;

    /// <summary>
    /// Whether the kernel copies (process_vm_readv(2) on this process), which raises no signal. For a process in which recovery is known to be gone,
    /// because another library has replaced the SIGBUS handler (<see cref="FaultRecovery.SigBusHandler"/>), and for kernels that do not recover.
    /// </summary>
    /// <remarks>
    /// A copy of 4 KiB took 42 times as long on a virtual machine with Zen 5 cores, one of 2 MiB three times. The kernel's copy does not survive a machine check:
    /// it is safe from poison that the kernel knows, and from files that were truncated, not from latent poison in the hardware.
    /// </remarks>
    public bool ThroughKernel { get; init; }

    /// <summary>The most bytes that may be lost before the salvage gives up. No limit by default.</summary>
    public nuint MaxLostBytes { get; init; } = nuint.MaxValue;

    /// <summary>Receives, after each block of at most 2 MiB, the number of bytes copied or lost so far.</summary>
    public IProgress<nuint>? Progress { get; init; }

    /// <summary>Stops the salvage between two blocks.</summary>
    public CancellationToken CancellationToken { get; init; }
}
