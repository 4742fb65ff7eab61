using System.Runtime.InteropServices;

namespace CopyMc.Bench.Benchmarks;

/// <summary>The cheapest fault there is, in libyardsticks.so (native/yardsticks).</summary>
internal static unsafe partial class Yardsticks
{
    private const string Library = "yardsticks";

    /// <summary>Whether the library was built: it takes a C compiler.</summary>
    internal static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, typeof(Yardsticks).Assembly, null, out _);

    /// <summary>From here to <see cref="FloorEnd"/> every SIGBUS of the process steps over the instruction that raised it.</summary>
    [LibraryImport(Library, EntryPoint = "yardstick_floor_begin")]
    internal static partial int FloorBegin();

    /// <summary>One load from memory that raises SIGBUS.</summary>
    [LibraryImport(Library, EntryPoint = "yardstick_floor_fault")]
    internal static partial void FloorFault(byte* address);

    [LibraryImport(Library, EntryPoint = "yardstick_floor_end")]
    internal static partial int FloorEnd();
}
