using System.Numerics;

namespace CopyMc.Bench.Measuring;

/// <summary>The first read of what was copied: what a copy leaves in the cache is part of its cost.</summary>
internal static unsafe class FirstRead
{
    private static nuint s_sum;

    /// <summary>Reads all bytes, a multiple of two vectors.</summary>
    internal static void Of(byte* content, nuint byteCount)
    {
        Vector<nuint> even = default, odd = default;
        nuint step = 2 * (nuint)Vector<byte>.Count;
        for (byte* at = content, end = content + byteCount; at + step <= end; at += step)
        {
            even += *(Vector<nuint>*)at;
            odd += *(Vector<nuint>*)(at + Vector<byte>.Count);
        }
        s_sum += Vector.Sum(even + odd);
    }
}
