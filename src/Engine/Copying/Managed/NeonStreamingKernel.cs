using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace CopyMc;

/// <summary>The NEON kernel, writing around the cache.</summary>
internal static unsafe class NeonStreamingKernel
{
    private const nuint VecSize = 16;

    internal static nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        if (byteCount < ManagedStreaming.From)
            return NeonKernel.Copy(source, destination, byteCount);

        // One unaligned vector, then aligned stores from the next boundary of the destination on.
        Vector128.Load(source).Store(destination);
        nuint offset = VecSize - ((nuint)destination & (VecSize - 1));
        for (; offset + 4 * VecSize <= byteCount; offset += 4 * VecSize)
        {
            byte* from = source + offset;
            byte* to = destination + offset;
            (Vec a, Vec b) = AdvSimd.Arm64.LoadPairVector128(from);
            (Vec c, Vec d) = AdvSimd.Arm64.LoadPairVector128(from + 2 * VecSize);
            AdvSimd.Arm64.StorePairNonTemporal(to, a, b);
            AdvSimd.Arm64.StorePairNonTemporal(to + 2 * VecSize, c, d);
        }
        // Streaming stores are weakly ordered: make them visible before the copy returns.
        Thread.MemoryBarrier();

        // The rest, less than four vectors; the last vector ends where the copy ends.
        for (; offset + VecSize < byteCount; offset += VecSize)
            Vector128.Load(source + offset).Store(destination + offset);
        Vector128.Load(source + byteCount - VecSize).Store(destination + byteCount - VecSize);
        return 0;
    }
}
