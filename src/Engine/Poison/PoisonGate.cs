using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// What a copy looks at to know whether poison concerns it at all, in native memory that lives as long as the process: its address is a
/// constant for the JIT, a reader needs no reference to any map, and the stub's signal handler can change it. <c>struct mce_gate</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PoisonGate
{
    /// <summary>How many lines are marked in all live maps. Zero: a copy need not look at any map.</summary>
    internal long PoisonedLines;

    /// <summary>Goes up after every new mark, so that a copy can tell whether poison arrived while it ran.</summary>
    internal long Marks;

    internal static readonly PoisonGate* Instance = Allocate();

    /// <summary>The table of <see cref="PoisonFilter"/>, behind the gate's own line.</summary>
    internal static ushort* FilterEntries => (ushort*)((byte*)Instance + PoisonMap.LineSize);

    private static PoisonGate* Allocate()
    {
        const nuint Size = PoisonMap.LineSize + PoisonFilter.EntryCount * sizeof(ushort);
        var gate = (PoisonGate*)NativeMemory.AlignedAlloc(Size, PoisonMap.LineSize);
        NativeMemory.Clear(gate, Size);
        return gate;
    }
}
