using System.Runtime.CompilerServices;

namespace CopyMc;

/// <summary>The kernel without vectors: eight bytes at a time.</summary>
internal static unsafe class ScalarKernel
{
    private const nuint WordSize = sizeof(ulong);

    internal static nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        nuint offset = 0;
        for (; offset + WordSize <= byteCount; offset += WordSize)
            Unsafe.WriteUnaligned(destination + offset, Unsafe.ReadUnaligned<ulong>(source + offset));
        for (; offset < byteCount; offset++)
            destination[offset] = source[offset];
        return 0;
    }
}
