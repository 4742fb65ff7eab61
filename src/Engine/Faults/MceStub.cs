using System.Reflection;
using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>The functions of the native stub, loaded once. native/mce_stub/include/mce_stub.h documents each.</summary>
internal static unsafe class MceStub
{
    internal const int SigBus = 7;
    internal const int SigSegv = 11;

    private const string LibraryName = "libmce_stub.so";
    private const uint AbiVersion = 3;

    private static readonly nint s_library;
    private static readonly delegate* unmanaged<int, int> s_enable;
    private static readonly delegate* unmanaged<int, int> s_disable;
    private static readonly delegate* unmanaged<void*, nuint, int> s_hwpoison;
    private static readonly delegate* unmanaged<PoisonGate*, WatchedMap*, nuint, int> s_watch;

#pragma warning disable CA1810 // The fields depend on one another, in this order.
    static MceStub()
#pragma warning restore CA1810
    {
        if (!OperatingSystem.IsLinux())
        {
            NotLoadedReason = "The native stub is for Linux.";
            return;
        }
        if (RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            NotLoadedReason = $"The native stub is for x86-64 and arm64; this process is {RuntimeInformation.ProcessArchitecture}.";
            return;
        }
        if (!NativeLibrary.TryLoad(LibraryName, Assembly.GetExecutingAssembly(), DllImportSearchPath.AssemblyDirectory, out s_library))
        {
            NotLoadedReason = $"{LibraryName} could not be loaded: it is not beside CopyMc.dll (was there a C compiler at build time?) or does not fit this C library.";
            return;
        }

        var version = (delegate* unmanaged<uint>)NativeLibrary.GetExport(s_library, "mce_abi_version");
        if (version() != AbiVersion)
        {
            NotLoadedReason = $"{LibraryName} has ABI version {version()}, and CopyMc.dll needs {AbiVersion}.";
            return;
        }
        CpuFeatures = ((delegate* unmanaged<CpuFeatures>)NativeLibrary.GetExport(s_library, "mce_cpu_features"))();
        StreamsFrom = ((delegate* unmanaged<nuint>)NativeLibrary.GetExport(s_library, "mce_streams_from"))();
        s_enable = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(s_library, "mce_enable");
        s_disable = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(s_library, "mce_disable");
        s_hwpoison = (delegate* unmanaged<void*, nuint, int>)NativeLibrary.GetExport(s_library, "mce_inject_hwpoison");
        s_watch = (delegate* unmanaged<PoisonGate*, WatchedMap*, nuint, int>)NativeLibrary.GetExport(s_library, "mce_watch");
    }

    /// <summary>Whether the stub is loaded.</summary>
    internal static bool IsLoaded => NotLoadedReason is null;

    /// <summary>Why the stub is not loaded; null if it is.</summary>
    internal static string? NotLoadedReason { get; }

    /// <summary>The features of this CPU that kernels may need.</summary>
    internal static CpuFeatures CpuFeatures { get; }

    /// <summary>The length from which a streaming kernel is the fastest even for a destination that is used soon; the highest value if it never is.</summary>
    internal static nuint StreamsFrom { get; } = nuint.MaxValue;

    /// <summary>The address of a copy kernel, or 0 if the stub has none of that name.</summary>
    internal static nint FindKernel(string export) =>
        IsLoaded && NativeLibrary.TryGetExport(s_library, export, out nint address) ? address : 0;

    internal static void Enable(int signal)
    {
        int error = s_enable(signal);
        if (error != 0)
            throw new InvalidOperationException($"The handler for signal {signal} could not be installed: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    internal static void Disable(int signal) => _ = s_disable(signal);

    /// <summary>Replaces the maps that the handler marks. When it returns, no handler uses a map that is no longer listed.</summary>
    internal static void Watch(ReadOnlySpan<WatchedMap> maps)
    {
        fixed (WatchedMap* first = maps)
        {
            if (s_watch(PoisonGate.Instance, first, (nuint)maps.Length) != 0)
                throw new InsufficientMemoryException("No memory for the list of poison maps.");
        }
    }

    /// <summary><c>madvise(MADV_HWPOISON)</c>; survives the signal that the call itself raises. Returns 0 or an errno.</summary>
    internal static int InjectHwPoison(void* page, nuint length) => s_hwpoison(page, length);
}
