using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Bench.Benchmarks;

/// <summary>The best unchecked copies and the cheapest fault, in libyardsticks.so (native/yardsticks).</summary>
internal static unsafe partial class Yardsticks
{
    private const string Library = "yardsticks";

    /// <summary>Whether the library was built: it takes a C compiler.</summary>
    internal static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, typeof(Yardsticks).Assembly, null, out _);

    /// <summary>Whether the AVX-512 yardstick runs on this CPU.</summary>
    internal static bool HasAvx512 { get; } = IsAvailable && RuntimeInformation.ProcessArchitecture == Architecture.X64 && SupportsAvx512() != 0;

    [LibraryImport(Library, EntryPoint = "yardstick_memcpy")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvSuppressGCTransition)])]
    internal static partial void MemCpy(byte* destination, byte* source, nuint byteCount);

    [LibraryImport(Library, EntryPoint = "yardstick_string_copy")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvSuppressGCTransition)])]
    internal static partial void StringCopy(byte* destination, byte* source, nuint byteCount);

    [LibraryImport(Library, EntryPoint = "yardstick_avx512")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvSuppressGCTransition)])]
    internal static partial void Avx512(byte* destination, byte* source, nuint byteCount);

    [LibraryImport(Library, EntryPoint = "yardstick_avx2")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvSuppressGCTransition)])]
    internal static partial void Avx2(byte* destination, byte* source, nuint byteCount);

    [LibraryImport(Library, EntryPoint = "yardstick_streaming")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvSuppressGCTransition)])]
    internal static partial void Streaming(byte* destination, byte* source, nuint byteCount);

    /// <summary>From here to <see cref="FloorEnd"/> every SIGBUS of the process steps over the instruction that raised it.</summary>
    [LibraryImport(Library, EntryPoint = "yardstick_floor_begin")]
    internal static partial int FloorBegin();

    /// <summary>One load from memory that raises SIGBUS.</summary>
    [LibraryImport(Library, EntryPoint = "yardstick_floor_fault")]
    internal static partial void FloorFault(byte* address);

    [LibraryImport(Library, EntryPoint = "yardstick_floor_end")]
    internal static partial int FloorEnd();

    [LibraryImport(Library, EntryPoint = "yardstick_has_avx512")]
    private static partial int SupportsAvx512();
}
