using System.Runtime.InteropServices;

namespace CopyMc.Bench.Measuring;

/// <summary>The C code in libyardsticks.so (native/yardsticks) that the engine is compared with: the best raw copies and the cheapest fault.</summary>
internal static unsafe partial class Yardsticks
{
    private const string Library = "yardsticks";

    /// <summary>Whether the library was built, which needs a C compiler.</summary>
    internal static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, typeof(Yardsticks).Assembly, null, out _);

    /// <summary>The copies without checks and recovery that this CPU can run; none without the library.</summary>
    internal static IReadOnlyList<RawCopy> RawCopies { get; } = IsAvailable ? [.. FindRawCopies()] : [];

    /// <summary>Installs a handler that steps over the instruction that raised SIGBUS, until <see cref="FloorEnd"/>.</summary>
    [LibraryImport(Library, EntryPoint = "yardstick_floor_begin")]
    internal static partial int FloorBegin();

    /// <summary>One load from memory that raises SIGBUS.</summary>
    [LibraryImport(Library, EntryPoint = "yardstick_floor_fault")]
    internal static partial void FloorFault(byte* address);

    /// <summary>Restores the engine's handler, through the C library, and then how it returns.</summary>
    internal static void FloorEnd()
    {
        _ = RestoreHandler();
        FaultRecovery.Enable();
    }

    /// <summary>A loop in C over a function that is called as memcpy.</summary>
    [LibraryImport(Library, EntryPoint = "yardstick_repeat_memcpy")]
    internal static partial nuint RepeatMemcpy(nint memcpy, byte* destination, byte* source, nuint byteCount, nuint count);

    /// <summary>A loop in C over a function that is called as mce_copy; returns 0 if every copy was complete.</summary>
    [LibraryImport(Library, EntryPoint = "yardstick_repeat_mce_copy")]
    internal static partial nuint RepeatMceCopy(nint mceCopy, byte* destination, byte* source, nuint byteCount, nuint count);

    private static IEnumerable<RawCopy> FindRawCopies()
    {
        for (nuint index = 0; Find(index) is { } copy; index++)
            yield return copy;
    }

    private static RawCopy? Find(nuint index)
    {
        byte* name;
        int aroundCache;
        void* copy = FindRawCopy(index, &name, &aroundCache);
        return copy == null ? null : new RawCopy(Marshal.PtrToStringUTF8((nint)name)!, copy, aroundCache != 0);
    }

    [LibraryImport(Library, EntryPoint = "yardstick_floor_end")]
    private static partial int RestoreHandler();

    [LibraryImport(Library, EntryPoint = "yardstick_raw_copy")]
    private static partial void* FindRawCopy(nuint index, byte** name, int* aroundCache);
}
