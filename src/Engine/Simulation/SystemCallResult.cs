namespace CopyMc.Simulation;

/// <summary>The result of a simulated system call.</summary>
/// <param name="Error">The kernel's errno; <see cref="Errno.None"/> if it succeeded or would wait.</param>
/// <param name="Value">The returned address or number of bytes; 0 if the call returns nothing.</param>
/// <param name="WaitsFor">What it would wait for. If it would wait, nothing was changed.</param>
public readonly record struct SystemCallResult(Errno Error, ulong Value, WaitReason WaitsFor)
{
    /// <summary>It succeeded and returned 0.</summary>
    public static SystemCallResult Done => default;

    /// <summary>Whether it succeeded.</summary>
    public bool IsDone => Error == Errno.None && WaitsFor == WaitReason.None;

    /// <summary>Whether it would wait.</summary>
    public bool IsWaiting => WaitsFor != WaitReason.None;

    /// <summary>It failed, or succeeded and returned 0.</summary>
    /// <param name="error">The errno; <see cref="Errno.None"/>: success.</param>
    public static implicit operator SystemCallResult(Errno error) => new(error, 0, WaitReason.None);

    /// <summary>It would wait.</summary>
    /// <param name="reason">What it would wait for.</param>
    /// <returns>A result without an errno and a value.</returns>
    public static SystemCallResult Waits(WaitReason reason) => new(Errno.None, 0, reason);

    /// <summary>It succeeded and returned a value.</summary>
    /// <param name="value">The address or number of bytes.</param>
    /// <returns>A result without an errno.</returns>
    public static SystemCallResult Returned(ulong value) => new(Errno.None, value, WaitReason.None);

    /// <summary>The errno, the reason of the wait, or the value.</summary>
    public override string ToString() => IsWaiting ? $"waits for {WaitsFor}" : Error != Errno.None ? Error.ToString() : Value == 0 ? "done" : $"0x{Value:x}";
}
