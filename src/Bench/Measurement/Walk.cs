namespace CopyMc.Bench.Measurement;

/// <summary>Which part of two buffers is copied when: slots of one copy's length, visited in the order i * stride modulo their number.</summary>
internal readonly unsafe struct Walk
{
    internal byte* Source { get; init; }
    internal byte* Destination { get; init; }
    internal nuint ByteCount { get; init; }

    /// <summary>Odd, so that every slot is visited before one is again.</summary>
    internal ulong Stride { get; init; }

    /// <summary>Number of slots, a power of two, less one.</summary>
    internal ulong SlotMask { get; init; }

    internal ulong SlotCount => SlotMask + 1;
}
