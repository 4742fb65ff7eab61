#if MEASURE_CALLS
using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary>What benchmarks/calls.c compares a call with. Not in the library that is installed.</summary>
internal static unsafe class MeasuredExports
{
    /// <summary>Copies many times by the engine, as .NET code does.</summary>
    [UnmanagedCallersOnly(EntryPoint = "measured_managed_copies")]
    internal static nuint ManagedCopies(ulong engine, byte* destination, byte* source, nuint byteCount, long count)
    {
        CopyEngine copier = Handles.Get<CopyEngine>(engine, nameof(engine));
        nuint remaining = 0;
        for (long i = 0; i < count; i++)
            remaining += copier.Copy(source, destination, byteCount, out _);
        return remaining;
    }

    /// <summary>Does nothing: what the way into .NET and back costs.</summary>
    [UnmanagedCallersOnly(EntryPoint = "measured_empty_call")]
    internal static nuint EmptyCall(ulong engine) => (nuint)engine;
}
#endif
