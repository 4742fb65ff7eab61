using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CopyMc;

/// <summary>When and how the managed streaming kernels stream: as the native ones, by <see cref="CopyTuning"/>.</summary>
internal static unsafe class ManagedStreaming
{
    private const nuint Ahead = 4096;

    /// <summary>The length in bytes from which they stream. At least two vectors; the tests change it.</summary>
    internal static nuint From { get; set; } = nuint.Max(CopyTuning.Current.StreamsHintedFrom, Ahead);

    /// <summary>Whether they prefetch.</summary>
    internal static bool Prefetches { get; set; } = CopyTuning.Current.StreamingPrefetches;

    /// <summary>The offset from which on nothing is prefetched, because memory after the copy may be known to be bad.</summary>
    internal static nuint PrefetchEnd(nuint byteCount) => Prefetches && byteCount > 2 * Ahead ? byteCount - 2 * Ahead : 0;

    /// <summary>Prefetches the lines that are read 4 KiB later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Prefetch(byte* from, nuint byteCount)
    {
        for (nuint line = 0; line < byteCount; line += PoisonMap.LineSize)
            Sse.PrefetchNonTemporal(from + Ahead + line);
    }
}
