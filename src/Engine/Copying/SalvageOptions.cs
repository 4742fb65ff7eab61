namespace CopyMc;

/// <summary>How <see cref="CopyEngine.Salvage"/> deals with what it cannot copy.</summary>
public sealed class SalvageOptions
{
    /// <summary>What is put where bytes were lost.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to none of the values.</exception>
    public SalvageFill Fill
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Fill), value, "This is no way to fill.");
    }

    /// <summary>The byte for <see cref="SalvageFill.Pattern"/>.</summary>
    public byte Pattern { get; init; }

    /// <summary>Whether the destination's lost bytes are poisoned in their turn.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to none of the values.</exception>
    public PoisonPropagation Propagation
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(Propagation), value, "This is no way to propagate poison.");
    }

    /// <summary>
    /// Whether, once bad pages lie close together, the kernel is asked where the next one is (process_vm_readv(2) on this process), which
    /// costs less than half a signal for each. Off: every bad page is met by the copy itself, and costs a signal.
    /// </summary>
    /// <remarks>The kernel reads a byte of every page that it is asked about, and so may be who meets poison that nobody knows of yet.</remarks>
    public bool LookAhead { get; init; } = true;

    /// <summary>Bytes lost after which the salvage gives up; by default it never does.</summary>
    public nuint MaxLostBytes { get; init; } = nuint.MaxValue;

    /// <summary>Is told, after each block of 2 MiB at the most, how many bytes are dealt with, copied or lost.</summary>
    public IProgress<nuint>? Progress { get; init; }

    /// <summary>Stops the salvage between two blocks.</summary>
    public CancellationToken CancellationToken { get; init; }
}
