namespace CopyMc.Bench.Measuring;

/// <summary>The order in which parts of two buffers are copied: slots of one copy's length, visited in the order i * stride modulo their number.</summary>
internal readonly unsafe struct AccessPattern
{
    /// <summary>
    /// The distance of source and destination modulo the page size where the same few bytes are copied again and again. At distance 0, a CPU that first
    /// compares the low address bits takes each load for one of the previous copy's stores, and waits.
    /// </summary>
    internal const int HalfAPage = 2048;

    internal byte* Source { get; init; }
    internal byte* Destination { get; init; }
    internal nuint ByteCount { get; init; }

    /// <summary>Odd, so that every slot is visited before any is visited again.</summary>
    internal ulong Stride { get; init; }

    /// <summary>The number of slots, which is a power of two, minus one.</summary>
    internal ulong SlotMask { get; init; }

    internal ulong SlotCount => SlotMask + 1;

    /// <summary>The copies, one for each slot, if their lengths vary; else null.</summary>
    internal MixedCopy* Mixed { get; init; }

    /// <summary>The copy of slot 0.</summary>
    internal (nuint Source, nuint Destination, nuint ByteCount) First =>
        Mixed == null ? ((nuint)Source, (nuint)Destination, ByteCount) : ((nuint)Source + Mixed->Source, (nuint)Destination + Mixed->Destination, Mixed->Length);

    /// <summary>The same bytes again and again.</summary>
    /// <param name="source">The source, which must outlive the pattern.</param>
    /// <param name="destination">The destination, which must outlive it too.</param>
    /// <param name="byteCount">Bytes of one copy, which must fit into both with the offsets.</param>
    /// <param name="sourceOffset">Bytes from the start of <paramref name="source"/>.</param>
    /// <param name="destinationOffset">Bytes from the start of <paramref name="destination"/>.</param>
    internal static AccessPattern Over(NativeRegion source, NativeRegion destination, nuint byteCount, int sourceOffset = 0, int destinationOffset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteCount + (nuint)sourceOffset, source.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteCount + (nuint)destinationOffset, destination.Length);
        return new AccessPattern { Source = source.Pointer + sourceOffset, Destination = destination.Pointer + destinationOffset, ByteCount = byteCount, Stride = 1 };
    }
}
