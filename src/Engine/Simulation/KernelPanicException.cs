namespace CopyMc.Simulation;

/// <summary>
/// The modelled kernel copied a poisoned page without recovery: a machine check in kernel mode that nothing handles. The machine has stopped
/// (<see cref="SimulatedMachine.PanicFrame"/>), and every other call throws this too.
/// </summary>
public sealed class KernelPanicException : InvalidOperationException
{
    internal KernelPanicException(KernelVersion kernel, uint frame)
        : base($"Kernel panic: {kernel} copied poisoned frame {frame} without recovery. The machine has stopped.") => Frame = frame;

    /// <summary>The poisoned frame.</summary>
    public uint Frame { get; }
}
