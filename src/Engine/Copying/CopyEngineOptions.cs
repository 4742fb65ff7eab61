namespace CopyMc;

/// <summary>How a <see cref="CopyEngine"/> copies. All values are read when the engine is made.</summary>
public sealed class CopyEngineOptions
{
    /// <summary>
    /// The kernel to copy with; <see langword="null"/>: the one that <c>COPYMC_KERNEL</c> names, else the best one here.
    /// </summary>
    public CopyKernel? Kernel { get; init; }

    /// <summary>What becomes of the destination. Ignored when <see cref="Kernel"/> or <c>COPYMC_KERNEL</c> names a kernel.</summary>
    public CopyHint Hint { get; init; }

    /// <summary>
    /// Also recover from SIGSEGV inside a copy: guard pages, protected and unmapped memory. Off by default. The handler is the
    /// process's: from the first engine that asks for it on, the copies of every recovering engine do.
    /// </summary>
    public bool RecoverSegmentationFaults { get; init; }
}
