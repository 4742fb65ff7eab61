using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector256<byte>;

namespace CopyMc;

/// <summary>The AVX2 kernel.</summary>
internal static unsafe class Avx2Kernel
{
    private const nuint VecSize = 32;

    internal static nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        if (byteCount < VecSize)
            return Vector128Kernel.Copy(source, destination, byteCount);

        // Both loads before both stores, so that the same four instructions copy any length up to two vectors.
        if (byteCount <= 2 * VecSize)
        {
            Vec first = Vector256.Load(source);
            Vec last = Vector256.Load(source + byteCount - VecSize);
            first.Store(destination);
            last.Store(destination + byteCount - VecSize);
            return 0;
        }

        // One unaligned vector, then aligned stores from the next boundary of the destination on.
        Vector256.Load(source).Store(destination);
        nuint offset = VecSize - ((nuint)destination & (VecSize - 1));
        for (; offset + 4 * VecSize <= byteCount; offset += 4 * VecSize)
        {
            byte* from = source + offset;
            byte* to = destination + offset;
            Vec a = Vector256.Load(from);
            Vec b = Vector256.Load(from + VecSize);
            Vec c = Vector256.Load(from + 2 * VecSize);
            Vec d = Vector256.Load(from + 3 * VecSize);
            a.StoreAligned(to);
            b.StoreAligned(to + VecSize);
            c.StoreAligned(to + 2 * VecSize);
            d.StoreAligned(to + 3 * VecSize);
        }

        // The rest, less than four vectors; the last vector ends where the copy ends.
        for (; offset + VecSize < byteCount; offset += VecSize)
            Vector256.Load(source + offset).Store(destination + offset);
        Vector256.Load(source + byteCount - VecSize).Store(destination + byteCount - VecSize);
        return 0;
    }
}
