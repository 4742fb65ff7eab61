using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// The words that a copy reads before it asks any map: the start of <c>struct mce_gate</c> in mce_stub.h, or a copy of it where there is no
/// stub. They are never freed, so that the address is a constant for the JIT.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PoisonGate
{
    /// <summary>Marked lines of all live maps. If it is zero, a copy need not ask any map.</summary>
    internal long PoisonedLines;

    /// <summary>Incremented after every new mark, so that a copy can see whether poison was marked while it ran.</summary>
    internal long Marks;

    internal static readonly PoisonGate* Instance = MceStub.IsLoaded ? MceStub.Gate : Allocate();

    private static PoisonGate* Allocate()
    {
        var gate = (PoisonGate*)NativeMemory.AlignedAlloc(PoisonMap.LineSize, PoisonMap.LineSize);
        NativeMemory.Clear(gate, PoisonMap.LineSize);
        return gate;
    }
}
