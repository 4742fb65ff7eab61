using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>A simulated machine, the handles of what belongs to it, and the thread that is inside.</summary>
internal sealed class Machine(SimulatedMachine simulated)
{
    /// <summary>The managed number of the thread that is inside; 0 if none is.</summary>
    private int _owner;
    private bool _hasEnded;
    private readonly List<ulong> _handles = [];

    internal SimulatedMachine Simulated => simulated;

    /// <summary>The handle of its memory.</summary>
    internal ulong Memory { get; set; }

    /// <summary>The collapse whose observer runs now; null if none does.</summary>
    internal CollapseOperation? Observed { get; set; }

    /// <summary>Takes the machine for the calling thread until the result is disposed.</summary>
    /// <param name="inCallback">Whether the call may be made in a callback of another call for this machine.</param>
    internal Turn Enter(bool inCallback = true)
    {
        int thread = Environment.CurrentManagedThreadId;
        int owner = Interlocked.CompareExchange(ref _owner, thread, 0);
        if (owner == 0)
        {
            if (!_hasEnded)
                return new Turn(this);
            Volatile.Write(ref _owner, 0);
            throw new StatusException(Status.Handle, "The machine was destroyed.");
        }
        if (owner != thread)
            throw new StatusException(Status.Busy, "The machine is in use by another thread.");
        if (Observed is null || !inCallback)
            throw new StatusException(Status.Busy, "This call cannot be made during another one for the same machine.");
        return default;
    }

    internal ulong Add(object target)
    {
        ulong handle = Handles.Add(target);
        _handles.Add(handle);
        return handle;
    }

    /// <summary>Ends a handle of something that belongs to the machine.</summary>
    internal void Remove(ulong handle)
    {
        _handles.Remove(handle);
        _ = Handles.TryRemove(handle);
    }

    /// <summary>Ends the machine. The caller is inside.</summary>
    internal void End()
    {
        _hasEnded = true;
        foreach (ulong handle in _handles)
            _ = Handles.TryRemove(handle);
        _handles.Clear();
        simulated.Dispose();
    }

    /// <summary>A thread's stay in a machine. The turn of a call in a callback ends with that of the call around it.</summary>
    internal readonly ref struct Turn(Machine machine)
    {
        public void Dispose()
        {
            if (machine is not null)
                Volatile.Write(ref machine._owner, 0);
        }
    }
}
