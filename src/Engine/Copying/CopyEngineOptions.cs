namespace CopyMc;

/// <summary>Settings of a <see cref="CopyEngine"/>, read when the engine is made.</summary>
public sealed class CopyEngineOptions
{
    /// <summary>
    /// The kernel to copy with; <see langword="null"/>: the kernel that <c>COPYMC_KERNEL</c> names, else the best one here.
    /// </summary>
    public CopyKernel? Kernel { get; init; }

    /// <summary>Whether the destination is used soon. Ignored when <see cref="Kernel"/> or <c>COPYMC_KERNEL</c> names a kernel.</summary>
    public CopyHint Hint { get; init; }

    /// <summary>
    /// Whether copies also recover from SIGSEGV: guard pages, protected and unmapped memory. Off by default. The handler is
    /// process-wide: once one engine asks for it, the copies of every recovering engine do.
    /// </summary>
    public bool RecoverSegmentationFaults { get; init; }
}
