using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>A map of the stub. The stub recognises the handle of a map that was destroyed, so no lock is needed here.</summary>
internal sealed unsafe class StubPoisonMarks : PoisonMarks
{
    private const int NoSuchMap = 9; // EBADF

    private readonly ulong _map;

    internal StubPoisonMarks(nuint start, nuint length)
    {
        int error = MceStub.CreateMap(start, length, out _map);
        if (error != 0)
            throw new InsufficientMemoryException($"A poison map of {length} bytes: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    internal override void Mark(nuint offset, nuint length) => ThrowIfRemoved(MceStub.MarkMap(_map, offset, length));

    internal override void Clear(nuint offset, nuint length) => ThrowIfRemoved(MceStub.ClearMap(_map, offset, length));

    internal override nuint First(nuint offset, nuint length)
    {
        ThrowIfRemoved(MceStub.FirstOfMap(_map, offset, length, out nuint first));
        return first;
    }

    internal override long Count()
    {
        ThrowIfRemoved(MceStub.CountMap(_map, out long lines));
        return lines;
    }

    internal override void Remove()
    {
        int error = MceStub.DestroyMap(_map);
        if (error is not (0 or NoSuchMap))
            throw new InsufficientMemoryException($"A poison map could not be removed: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static void ThrowIfRemoved(int error)
    {
        if (error != 0)
            throw Removed();
    }
}
