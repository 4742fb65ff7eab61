namespace CopyMc.Simulation;

/// <summary>
/// An address space's <c>mmap_lock</c>: many readers or one writer. Nothing blocks in the simulation: a call that cannot have the lock reports
/// that it would wait, and can be tried again.
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

    /// <summary>Makes every later use of the lock throw, because the machine is disposed.</summary>
    internal void Close(SimulatedMachine machine) => (HasWriter, _gone) = (true, machine);

    private readonly bool IsFreeBesideWriter()
    {
        _gone?.ThrowIfGone();
        return false;
    }
}
