namespace CopyMc.Simulation;

/// <summary>
/// The kernel that is modelled copied a poisoned page without recovery: a machine check in kernel mode that nothing handles. The machine has
/// stopped (<see cref="SimulatedMachine.PanicFrame"/>), and everything else that is asked of it throws this too.
/// </summary>
public sealed class KernelPanicException : InvalidOperationException
{
    internal KernelPanicException(KernelVersion kernel, uint frame)
        : base($"Kernel panic: {kernel} copied poisoned frame {frame} without recovery. The machine has stopped.") => Frame = frame;

    /// <summary>The poisoned frame.</summary>
    public uint Frame { get; }
}
