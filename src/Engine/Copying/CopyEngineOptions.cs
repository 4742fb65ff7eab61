namespace CopyMc;

/// <summary>Settings of a <see cref="CopyEngine"/>, read when the engine is created.</summary>
public sealed class CopyEngineOptions
{
    /// <summary>
    /// The kernel to copy with; <see langword="null"/>: the kernel that <c>COPYMC_KERNEL</c> names, else the best one for this machine.
    /// </summary>
    public CopyKernel? Kernel { get; init; }

    /// <summary>
    /// Whether the destination is used soon after the copy. Ignored when <see cref="Kernel"/> or <c>COPYMC_KERNEL</c> names a kernel.
    /// </summary>
    public CopyHint Hint { get; init; }

    /// <summary>
    /// Whether copies also recover from SIGSEGV: guard pages, protected and unmapped memory. Off by default; needs a kernel that recovers from
    /// faults. It holds for the whole process: after one engine was created with it, the copies of every engine that recovers from faults
    /// recover from SIGSEGV.
    /// </summary>
    public bool RecoverSegmentationFaults { get; init; }
}
