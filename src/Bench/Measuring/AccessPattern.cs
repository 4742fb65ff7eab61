namespace CopyMc.Bench.Measuring;

/// <summary>Which part of two buffers is copied when: slots of one copy's length, visited in the order i * stride modulo their number.</summary>
internal readonly unsafe struct AccessPattern
{
    /// <summary>
    /// How far the destination's place in its page is from the source's where the same few bytes are copied again and again: where they agree, the
    /// loads of each copy agree with the stores of the one before in the bits by which a CPU first tells them apart, and wait for them.
    /// </summary>
    internal const int HalfAPage = 2048;

    internal byte* Source { get; init; }
    internal byte* Destination { get; init; }
    internal nuint ByteCount { get; init; }

    /// <summary>Odd, so that every slot is visited before one is again.</summary>
    internal ulong Stride { get; init; }

    /// <summary>Number of slots, a power of two, less one.</summary>
    internal ulong SlotMask { get; init; }

    internal ulong SlotCount => SlotMask + 1;

    /// <summary>The same bytes again and again.</summary>
    /// <param name="source">Where the bytes are; alive for as long as the pattern is used.</param>
    /// <param name="destination">Where they go, likewise.</param>
    /// <param name="byteCount">Bytes of one copy; with the offsets it fits into both.</param>
    /// <param name="sourceOffset">Bytes from the start of <paramref name="source"/>.</param>
    /// <param name="destinationOffset">Bytes from the start of <paramref name="destination"/>.</param>
    internal static AccessPattern Over(NativeRegion source, NativeRegion destination, nuint byteCount, int sourceOffset = 0, int destinationOffset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteCount + (nuint)sourceOffset, source.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteCount + (nuint)destinationOffset, destination.Length);
        return new AccessPattern { Source = source.Pointer + sourceOffset, Destination = destination.Pointer + destinationOffset, ByteCount = byteCount, Stride = 1 };
    }
}
