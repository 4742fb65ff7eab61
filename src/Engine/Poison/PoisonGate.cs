using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// The words that a copy reads before it asks any map; <c>struct mce_gate</c> in mce_stub.h. They are in native memory that is never freed:
/// the address is a constant for the JIT, a reader needs no reference to a map, and the stub's signal handler can change them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PoisonGate
{
    /// <summary>Marked lines of all live maps. If it is zero, a copy need not ask any map.</summary>
    internal long PoisonedLines;

    /// <summary>Incremented after every new mark, so that a copy can see whether poison was marked while it ran.</summary>
    internal long Marks;

    internal static readonly PoisonGate* Instance = Allocate();

    /// <summary>The table of <see cref="PoisonFilter"/>, after the line of the gate itself.</summary>
    internal static ushort* FilterEntries => (ushort*)((byte*)Instance + PoisonMap.LineSize);

    private static PoisonGate* Allocate()
    {
        const nuint Size = PoisonMap.LineSize + PoisonFilter.EntryCount * sizeof(ushort);
        var gate = (PoisonGate*)NativeMemory.AlignedAlloc(Size, PoisonMap.LineSize);
        NativeMemory.Clear(gate, Size);
        return gate;
    }
}
