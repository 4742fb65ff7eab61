using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace CopyMc;

/// <summary>The portable kernel: SSE2 on x86, NEON on arm64, the 128-bit vectors of the JIT elsewhere.</summary>
internal static unsafe class Vector128Kernel
{
    private const nuint VecSize = 16;

    internal static nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        if (byteCount < VecSize)
            return ScalarKernel.Copy(source, destination, byteCount);

        // Both loads before both stores, so that the same four instructions copy any length up to two vectors.
        if (byteCount <= 2 * VecSize)
        {
            Vec first = Vector128.Load(source);
            Vec last = Vector128.Load(source + byteCount - VecSize);
            first.Store(destination);
            last.Store(destination + byteCount - VecSize);
            return 0;
        }

        // One unaligned vector, then aligned stores from the next boundary of the destination on.
        Vector128.Load(source).Store(destination);
        nuint offset = VecSize - ((nuint)destination & (VecSize - 1));
        for (; offset + 4 * VecSize <= byteCount; offset += 4 * VecSize)
        {
            byte* from = source + offset;
            byte* to = destination + offset;
            Vec a = Vector128.Load(from);
            Vec b = Vector128.Load(from + VecSize);
            Vec c = Vector128.Load(from + 2 * VecSize);
            Vec d = Vector128.Load(from + 3 * VecSize);
            a.StoreAligned(to);
            b.StoreAligned(to + VecSize);
            c.StoreAligned(to + 2 * VecSize);
            d.StoreAligned(to + 3 * VecSize);
        }

        // The rest, less than four vectors; the last vector ends where the copy ends.
        for (; offset + VecSize < byteCount; offset += VecSize)
            Vector128.Load(source + offset).Store(destination + offset);
        Vector128.Load(source + byteCount - VecSize).Store(destination + byteCount - VecSize);
        return 0;
    }
}
