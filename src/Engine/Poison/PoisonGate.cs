using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>The two words that a copy looks at to know whether poison concerns it at all. They live for the whole process.</summary>
internal unsafe struct PoisonGate
{
    /// <summary>How many live maps have a poisoned line. Zero: a copy need not look at any map.</summary>
    internal long PoisonedMaps;

    /// <summary>Goes up after every new mark, so that a copy can tell whether poison arrived while it ran.</summary>
    internal long Marks;

    /// <summary>
    /// Native memory, on a cache line of its own: the address is a constant for the JIT, and no managed object's writes share the line.
    /// </summary>
    internal static readonly PoisonGate* Instance = Allocate();

    private static PoisonGate* Allocate()
    {
        var gate = (PoisonGate*)NativeMemory.AlignedAlloc(PoisonMap.LineSize, PoisonMap.LineSize);
        *gate = default;
        return gate;
    }
}
