namespace CopyMc.Simulation;

/// <summary>The result of an access to simulated memory, and the reason if it would wait.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="WaitsFor">What it waits for; <see cref="WaitReason.None"/> unless <paramref name="Outcome"/> is <see cref="AccessOutcome.Waits"/>.</param>
public readonly record struct AccessResult(AccessOutcome Outcome, WaitReason WaitsFor)
{
    /// <summary>The access was made.</summary>
    public static AccessResult Done => default;

    /// <summary>SIGSEGV, <c>SEGV_MAPERR</c>.</summary>
    public static AccessResult MapError => new(AccessOutcome.MapError, WaitReason.None);

    /// <summary>SIGSEGV, <c>SEGV_ACCERR</c>.</summary>
    public static AccessResult AccessError => new(AccessOutcome.AccessError, WaitReason.None);

    /// <summary>SIGBUS, <c>BUS_ADRERR</c>.</summary>
    public static AccessResult BusAddressError => new(AccessOutcome.BusAddressError, WaitReason.None);

    /// <summary>SIGBUS, <c>BUS_MCEERR_AR</c>.</summary>
    public static AccessResult MemoryError => new(AccessOutcome.MemoryError, WaitReason.None);

    /// <summary>No frame is free, or the memory control group has reached its limit.</summary>
    public static AccessResult OutOfMemory => new(AccessOutcome.OutOfMemory, WaitReason.None);

    /// <summary>Whether the bytes were loaded or stored.</summary>
    public bool IsDone => Outcome == AccessOutcome.Done;

    /// <summary>Whether the access would wait.</summary>
    public bool IsWaiting => Outcome == AccessOutcome.Waits;

    /// <summary>Whether the process would get SIGSEGV.</summary>
    public bool IsSegmentationFault => Outcome is AccessOutcome.MapError or AccessOutcome.AccessError;

    /// <summary>Whether the process would get SIGBUS.</summary>
    public bool IsBusError => Outcome is AccessOutcome.BusAddressError or AccessOutcome.MemoryError;

    /// <summary>The access would wait.</summary>
    /// <param name="reason">What it waits for.</param>
    /// <returns>A result with <see cref="AccessOutcome.Waits"/>.</returns>
    public static AccessResult Waits(WaitReason reason) => new(AccessOutcome.Waits, reason);

    /// <summary>The outcome, or the reason of the wait.</summary>
    public override string ToString() => IsWaiting ? $"waits for {WaitsFor}" : Outcome.ToString();
}
