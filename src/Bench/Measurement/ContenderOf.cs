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
        nuint remaining = 0;
        // Sound: a slot's number is at most the mask, and that many slots fit into both buffers.
        for (ulong i = first; i < first + count; i++)
        {
            nuint offset = (nuint)((i * stride) & mask) * byteCount;
            remaining |= method.Copy(source + offset, destination + offset, byteCount);
        }
        return remaining;
    }
}
