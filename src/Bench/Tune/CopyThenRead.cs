using System.Numerics;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tune;

/// <summary>A copy and the first read of its destination, because what a copy leaves in the cache is part of its cost.</summary>
internal readonly unsafe struct CopyThenRead(BareKernel kernel) : ICopyMethod
{
    private static nuint s_sum;

    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        nuint remaining = kernel.Copy(source, destination, byteCount);
        Vector<nuint> even = default, odd = default;
        nuint step = 2 * (nuint)Vector<byte>.Count;
        for (byte* at = destination, end = destination + byteCount; at + step <= end; at += step)
        {
            even += *(Vector<nuint>*)at;
            odd += *(Vector<nuint>*)(at + Vector<byte>.Count);
        }
        s_sum += Vector.Sum(even + odd);
        return remaining;
    }
}
