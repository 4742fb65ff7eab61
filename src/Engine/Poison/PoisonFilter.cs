using System.Runtime.CompilerServices;

namespace CopyMc;

/// <summary>
/// Tells in a few instructions that a short range has no known poison: a table that counts, for each value of the low bits of a page
/// number, the poisoned pages among that page and the next, over all maps. A zero is certain; anything else asks the maps themselves.
/// </summary>
/// <remarks>
/// Pages less than 256 MiB apart never share an entry, so that poison elsewhere in a region of that size costs a short copy
/// nothing more. The table stands in <see cref="PoisonGate"/>.
/// </remarks>
internal static unsafe class PoisonFilter
{
    /// <summary>The longest range that reaches no farther than the page after the one it starts in.</summary>
    internal const nuint LongestRange = 4096;

    internal const int EntryCount = 0x10000;

    private const int PageShift = 12;

    /// <summary>Whether it is certain that a range of 1 to <see cref="LongestRange"/> bytes from an address is poisoned in no map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsClean(nuint address) => CountNear(address) == 0;

    /// <summary>Zero: it is certain that a range of 1 to <see cref="LongestRange"/> bytes from an address is poisoned in no map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nuint CountNear(nuint address) => Volatile.Read(ref PoisonGate.FilterEntries[(ushort)(address >> PageShift)]);

    internal static void Add(nuint pageNumber)
    {
        Change(pageNumber - 1, 1);
        Change(pageNumber, 1);
    }

    internal static void Remove(nuint pageNumber)
    {
        Change(pageNumber - 1, -1);
        Change(pageNumber, -1);
    }

    // Atomic: the stub's handler counts here too. A count that has reached the highest value stays: it can no longer be
    // counted down rightly.
    private static void Change(nuint pageNumber, int by)
    {
        ref ushort count = ref PoisonGate.FilterEntries[(ushort)pageNumber];
        ushort before = Volatile.Read(ref count);
        while (before != ushort.MaxValue)
        {
            ushort seen = Interlocked.CompareExchange(ref count, (ushort)(before + by), before);
            if (seen == before)
                return;
            before = seen;
        }
    }
}
