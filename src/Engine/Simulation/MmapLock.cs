namespace CopyMc.Simulation;

/// <summary>
/// An address space's <c>mmap_lock</c>: many readers or one writer. Nobody waits in the simulation: what cannot have the lock now
/// reports that it would block, and is tried again.
/// </summary>
internal struct MmapLock
{
    private SimulatedMachine? _gone;

    internal int Readers { get; private set; }

    internal bool HasWriter { get; private set; }

    internal readonly bool CanRead => !HasWriter || IsFreeBesideWriter();

    internal readonly bool CanWrite => HasWriter ? IsFreeBesideWriter() : Readers == 0;

    internal void Read()
    {
        if (!CanRead)
            throw new InvalidOperationException("mmap_lock: a reader beside a writer.");
        Readers++;
    }

    internal void Write()
    {
        if (!CanWrite)
            throw new InvalidOperationException("mmap_lock: a writer beside another holder.");
        HasWriter = true;
    }

    internal void EndRead() => Readers--;

    internal void EndWrite() => HasWriter = false;

    /// <summary>The machine is gone: a call that asks for the lock from now on is told so.</summary>
    internal void Close(SimulatedMachine machine) => (HasWriter, _gone) = (true, machine);

    private readonly bool IsFreeBesideWriter()
    {
        _gone?.ThrowIfGone();
        return false;
    }
}
