using System.Runtime.CompilerServices;

namespace CopyMc.Bench.Measurement;

/// <summary>The measured loop, the same for every method; compiled once for each.</summary>
internal sealed unsafe class Contender<TMethod>(string name, TMethod method) : Contender(name)
    where TMethod : struct, ICopyMethod
{
    private readonly TMethod _method = method;

    internal override nuint CopyMany(in Walk walk, ulong first, ulong count)
    {
        TMethod method = _method;
        byte* source = walk.Source;
        byte* destination = walk.Destination;
        nuint byteCount = walk.ByteCount;
        ulong stride = walk.Stride, mask = walk.SlotMask;
        if (mask == 0)
            return CopyAgain(method, source, destination, byteCount, count);
        // Sound: a slot's number is at most the mask, and that many slots fit into both buffers.
        for (ulong i = first; i < first + count; i++)
        {
            nuint offset = (nuint)((i * stride) & mask) * byteCount;
            nuint remaining = method.Copy(source + offset, destination + offset, byteCount);
            if (remaining != 0)
                return remaining;
        }
        return 0;
    }

    /// <summary>A loop of its own, with nothing in it but the copy: what finds the next slot takes registers, and as long as a short copy does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint CopyAgain(TMethod method, byte* source, byte* destination, nuint byteCount, ulong count)
    {
        // Ends at a copy that is not whole, as a caller would: a sum of what remained would go through memory from one copy to the next, for
        // want of a register, and be measured instead.
        for (; count != 0; count--)
        {
            nuint remaining = method.Copy(source, destination, byteCount);
            if (remaining != 0)
                return remaining;
        }
        return 0;
    }
}
