using System.Runtime.CompilerServices;

namespace CopyMc;

/// <summary>
/// Excludes known poison in a short range with a few instructions. A table, indexed by the low bits of a page number, counts the poisoned
/// pages among that page and the next, over all maps. Zero means that there is none; for any other count the caller asks the maps.
/// </summary>
/// <remarks>
/// Pages less than 256 MiB apart never share an entry, so poison elsewhere in a region of that size does not slow a short copy.
/// The table is part of <see cref="PoisonGate"/>.
/// </remarks>
internal static unsafe class PoisonFilter
{
    /// <summary>Bytes in the longest range that ends at most one page after its first.</summary>
    internal const nuint LongestRange = 4096;

    internal const int EntryCount = 0x10000;

    private const int PageShift = 12;

    /// <summary>Whether a range of 1 to <see cref="LongestRange"/> bytes from an address is certainly poisoned in no map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsClean(nuint address) => CountNear(address) == 0;

    /// <summary>Returns 0 if a range of 1 to <see cref="LongestRange"/> bytes from an address is certainly poisoned in no map.</summary>
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

    // Atomic, because the stub's handler counts here too. A saturated count stays: it can no longer be counted down correctly.
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
