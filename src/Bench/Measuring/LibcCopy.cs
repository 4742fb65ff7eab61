using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Bench.Measuring;

/// <summary>The C library's memcpy, called as cheaply as .NET allows: without a GC transition, at any length.</summary>
internal readonly unsafe partial struct LibcCopy : ICopyMethod
{
    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        _ = MemCpy(destination, source, byteCount);
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "memcpy")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvSuppressGCTransition)])]
    private static partial void* MemCpy(void* destination, void* source, nuint byteCount);
}
