using System.Runtime.CompilerServices;

namespace CopyMc.Bench.Measuring;

/// <summary>The measured loop, compiled separately for each method.</summary>
internal sealed unsafe class Contender<TMethod>(string name, TMethod method) : Contender(name)
    where TMethod : struct, ICopyMethod
{
    private readonly TMethod _method = method;

    internal override nuint CopyMany(in AccessPattern pattern, ulong first, ulong count)
    {
        TMethod method = _method;
        if (pattern.Mixed != null)
            return CopyMixed(method, pattern, first, count);
        byte* source = pattern.Source;
        byte* destination = pattern.Destination;
        nuint byteCount = pattern.ByteCount;
        ulong stride = pattern.Stride, mask = pattern.SlotMask;
        if (mask == 0)
            return CopyAgain(method, source, destination, byteCount, count);
        nuint remaining = 0;
        // In bounds: a slot's number is at most the mask, and that many slots fit into both buffers.
        for (ulong i = first; i < first + count; i++)
        {
            nuint offset = (nuint)((i * stride) & mask) * byteCount;
            remaining |= method.Copy(source + offset, destination + offset, byteCount);
        }
        return remaining;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint CopyMixed(TMethod method, in AccessPattern pattern, ulong first, ulong count)
    {
        byte* source = pattern.Source;
        byte* destination = pattern.Destination;
        MixedCopy* copies = pattern.Mixed;
        ulong mask = pattern.SlotMask;
        nuint remaining = 0;
        for (ulong i = first; i < first + count; i++)
        {
            MixedCopy* copy = copies + (i & mask);
            remaining |= method.Copy(source + copy->Source, destination + copy->Destination, copy->Length);
        }
        return remaining;
    }

    /// <summary>A separate loop with only the copy, because finding the next slot needs registers, and as much time as a short copy.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint CopyAgain(TMethod method, byte* source, byte* destination, nuint byteCount, ulong count)
    {
        // Only the last copy's: all copies have the same bytes, and a sum would be passed through memory for lack of a register, which would be measured.
        nuint remaining = 0;
        for (; count != 0; count--)
            remaining = method.Copy(source, destination, byteCount);
        return remaining;
    }
}
