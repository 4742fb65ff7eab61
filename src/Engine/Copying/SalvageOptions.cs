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
    /// Whether the salvage lets the kernel look for the next bad page where bad pages are close together (process_vm_readv(2) on this process).
    /// That costs less than half of what a signal costs. Otherwise every bad page costs a signal. On by default.
    /// </summary>
    /// <remarks>The kernel reads a byte of each page, so it may be the kernel that meets latent poison.</remarks>
    public bool LookAhead { get; init; } = true;

    /// <summary>
    /// Whether Linux copies the bytes (process_vm_readv(2) on this process), which raises no signal. Use it in a process in which another library has
    /// replaced the SIGBUS handler (<see cref="FaultRecovery.SigBusHandler"/>), and with a <see cref="CopyKernel"/> that does not recover from faults.
    /// Off by default.
    /// </summary>
    /// <remarks>
    /// It is slower: 42 times for 4 KiB and three times for 2 MiB, on a virtual machine with Zen 5 cores. It is safe from poison that Linux knows
    /// and from truncated files. It is not safe from latent poison in the hardware, because that copy of Linux does not survive a machine check.
    /// </remarks>
    public bool ThroughKernel { get; init; }

    /// <summary>The most bytes that may be lost before the salvage gives up. No limit by default.</summary>
    public nuint MaxLostBytes { get; init; } = nuint.MaxValue;

    /// <summary>Receives, after each block of at most 2 MiB, the number of bytes copied or lost so far.</summary>
    public IProgress<nuint>? Progress { get; init; }

    /// <summary>Stops the salvage between two blocks.</summary>
    public CancellationToken CancellationToken { get; init; }
}
