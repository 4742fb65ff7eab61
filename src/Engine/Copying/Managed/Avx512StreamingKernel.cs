using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Vec = System.Runtime.Intrinsics.Vector512<byte>;

namespace CopyMc;

/// <summary>The AVX-512 kernel, writing around the cache.</summary>
internal static unsafe class Avx512StreamingKernel
{
    private const nuint VecSize = 64;

    internal static nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        if (byteCount < ManagedStreaming.From)
            return Avx512Kernel.Copy(source, destination, byteCount);

        // One unaligned vector, then aligned stores from the next boundary of the destination on.
        Vector512.Load(source).Store(destination);
        nuint offset = VecSize - ((nuint)destination & (VecSize - 1));
        nuint prefetchEnd = ManagedStreaming.PrefetchEnd(byteCount);
        for (; offset + 4 * VecSize <= byteCount; offset += 4 * VecSize)
        {
            byte* from = source + offset;
            if (offset < prefetchEnd)
                ManagedStreaming.Prefetch(from, 4 * VecSize);
            byte* to = destination + offset;
            Vec a = Vector512.Load(from);
            Vec b = Vector512.Load(from + VecSize);
            Vec c = Vector512.Load(from + 2 * VecSize);
            Vec d = Vector512.Load(from + 3 * VecSize);
            Avx512F.StoreAlignedNonTemporal(to, a);
            Avx512F.StoreAlignedNonTemporal(to + VecSize, b);
            Avx512F.StoreAlignedNonTemporal(to + 2 * VecSize, c);
            Avx512F.StoreAlignedNonTemporal(to + 3 * VecSize, d);
        }
        // Streaming stores are weakly ordered: make them visible before the copy returns.
        Sse.StoreFence();

        // The rest, less than four vectors; the last vector ends where the copy ends.
        for (; offset + VecSize < byteCount; offset += VecSize)
            Vector512.Load(source + offset).Store(destination + offset);
        Vector512.Load(source + byteCount - VecSize).Store(destination + byteCount - VecSize);
        return 0;
    }
}
