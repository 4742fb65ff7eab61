using System.Runtime.CompilerServices;

namespace CopyMc.Bench.Measuring;

/// <summary>The measured loop, the same for every method; compiled once for each.</summary>
internal sealed unsafe class Contender<TMethod>(string name, TMethod method) : Contender(name)
    where TMethod : struct, ICopyMethod
{
    private readonly TMethod _method = method;

    internal override nuint CopyMany(in AccessPattern pattern, ulong first, ulong count)
    {
        TMethod method = _method;
        byte* source = pattern.Source;
        byte* destination = pattern.Destination;
        nuint byteCount = pattern.ByteCount;
        ulong stride = pattern.Stride, mask = pattern.SlotMask;
        if (mask == 0)
            return CopyAgain(method, source, destination, byteCount, count);
        nuint remaining = 0;
        // Sound: a slot's number is at most the mask, and that many slots fit into both buffers.
        for (ulong i = first; i < first + count; i++)
        {
            nuint offset = (nuint)((i * stride) & mask) * byteCount;
            remaining |= method.Copy(source + offset, destination + offset, byteCount);
        }
        return remaining;
    }

    /// <summary>A loop of its own, with nothing in it but the copy: what finds the next slot takes registers, and as long as a short copy does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint CopyAgain(TMethod method, byte* source, byte* destination, nuint byteCount, ulong count)
    {
        // The last copy's, which are all of the same bytes: a sum would go through memory from one copy to the next, for want of a register, and be
        // measured instead.
        nuint remaining = 0;
        for (; count != 0; count--)
            remaining = method.Copy(source, destination, byteCount);
        return remaining;
    }
}
