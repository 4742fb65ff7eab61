using System.Reflection;
using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>The functions of the native stub, loaded once. native/mce_stub/include/mce_stub.h documents each.</summary>
internal static unsafe class MceStub
{
    internal const int SigBus = 7;
    internal const int SigSegv = 11;

    private const string LibraryName = "libmce_stub.so";
    private const uint AbiVersion = 5;

    /// <summary>Names the file of the stub (<c>AppContext.SetData</c>), for a library that is linked with it. Otherwise it is beside the program.</summary>
    private const string PathSetting = "CopyMc.Stub";

    /// <summary>Bytes of a map that are read or marked in about a microsecond: a collection may wait for such a call.</summary>
    private const nuint Bounded = 2 << 20;

    private static readonly nint s_library;
    private static readonly delegate* unmanaged<int, int> s_enable;
    private static readonly delegate* unmanaged<int, int> s_reinstall;
    private static readonly delegate* unmanaged<int, int> s_disable;
    private static readonly delegate* unmanaged<int, HandlerRecord*, int> s_handlerState;
    private static readonly delegate* unmanaged<int> s_prepareThread;
    private static readonly delegate* unmanaged[SuppressGCTransition]<ulong*, byte> s_longCopyBegins;
    private static readonly delegate* unmanaged[SuppressGCTransition]<ulong*, void> s_longCopyEnds;
    private static readonly delegate* unmanaged<UncoveredReports, int> s_handleUncoveredReports;
    private static readonly delegate* unmanaged<ulong> s_uncoveredReports;
    private static readonly delegate* unmanaged<void*, nuint, int> s_hwpoison;
    private static readonly delegate* unmanaged<nuint, nuint, ulong*, int> s_createMap;
    private static readonly delegate* unmanaged<ulong, int> s_destroyMap;
    private static readonly delegate* unmanaged<ulong, nuint, nuint, int> s_markMap;
    private static readonly delegate* unmanaged<ulong, nuint, nuint, int> s_clearMap;
    private static readonly delegate* unmanaged<ulong, nuint, nuint, nuint*, int> s_firstOfMap;
    private static readonly delegate* unmanaged<ulong, long*, int> s_countMap;
    private static readonly delegate* unmanaged<nuint, nuint, nuint> s_firstPoisoned;
    private static readonly delegate* unmanaged<nuint, nuint, byte> s_markEverywhere;

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
        string library = AppContext.GetData(PathSetting) as string ?? LibraryName;
        if (!NativeLibrary.TryLoad(library, Assembly.GetExecutingAssembly(), DllImportSearchPath.AssemblyDirectory, out s_library))
        {
            NotLoadedReason = $"{library} could not be loaded: it is not beside CopyMc.dll (a build without a C compiler makes none), "
                + $"or it is no library for {RuntimeInformation.RuntimeIdentifier}.";
            return;
        }
        if (!NativeLibrary.TryGetExport(s_library, "mce_abi_version", out nint abiVersion))
        {
            NotLoadedReason = $"{library} is not the native stub: it has no function mce_abi_version.";
            return;
        }
        uint version = ((delegate* unmanaged<uint>)abiVersion)();
        if (version != AbiVersion)
        {
            NotLoadedReason = $"{library} has ABI version {version}, and CopyMc.dll needs {AbiVersion}.";
            return;
        }
        CpuFeatures = ((delegate* unmanaged<CpuFeatures>)NativeLibrary.GetExport(s_library, "mce_cpu_features"))();
        s_enable = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(s_library, "mce_enable");
        s_reinstall = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(s_library, "mce_reinstall");
        s_disable = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(s_library, "mce_disable");
        s_handlerState = (delegate* unmanaged<int, HandlerRecord*, int>)NativeLibrary.GetExport(s_library, "mce_handler_state");
        s_prepareThread = (delegate* unmanaged<int>)NativeLibrary.GetExport(s_library, "mce_prepare_thread");
        s_longCopyBegins = (delegate* unmanaged[SuppressGCTransition]<ulong*, byte>)NativeLibrary.GetExport(s_library, "mce_long_copy_begins");
        s_longCopyEnds = (delegate* unmanaged[SuppressGCTransition]<ulong*, void>)NativeLibrary.GetExport(s_library, "mce_long_copy_ends");
        s_handleUncoveredReports = (delegate* unmanaged<UncoveredReports, int>)NativeLibrary.GetExport(s_library, "mce_handle_uncovered_reports");
        s_uncoveredReports = (delegate* unmanaged<ulong>)NativeLibrary.GetExport(s_library, "mce_uncovered_reports");
        s_hwpoison = (delegate* unmanaged<void*, nuint, int>)NativeLibrary.GetExport(s_library, "mce_inject_hwpoison");
        s_createMap = (delegate* unmanaged<nuint, nuint, ulong*, int>)NativeLibrary.GetExport(s_library, "mce_map_create");
        s_destroyMap = (delegate* unmanaged<ulong, int>)NativeLibrary.GetExport(s_library, "mce_map_destroy");
        s_markMap = (delegate* unmanaged<ulong, nuint, nuint, int>)NativeLibrary.GetExport(s_library, "mce_map_mark");
        s_clearMap = (delegate* unmanaged<ulong, nuint, nuint, int>)NativeLibrary.GetExport(s_library, "mce_map_clear");
        s_firstOfMap = (delegate* unmanaged<ulong, nuint, nuint, nuint*, int>)NativeLibrary.GetExport(s_library, "mce_map_first");
        s_countMap = (delegate* unmanaged<ulong, long*, int>)NativeLibrary.GetExport(s_library, "mce_map_count");
        s_firstPoisoned = (delegate* unmanaged<nuint, nuint, nuint>)NativeLibrary.GetExport(s_library, "mce_first_poisoned");
        s_markEverywhere = (delegate* unmanaged<nuint, nuint, byte>)NativeLibrary.GetExport(s_library, "mce_mark_everywhere");
        Gate = ((delegate* unmanaged<PoisonGate*>)NativeLibrary.GetExport(s_library, "mce_gate_of_process"))();
    }

    /// <summary>Whether the stub is loaded.</summary>
    internal static bool IsLoaded => NotLoadedReason is null;

    /// <summary>Why the stub is not loaded; null if it is.</summary>
    internal static string? NotLoadedReason { get; }

    /// <summary>The features of this CPU that kernels may need.</summary>
    internal static CpuFeatures CpuFeatures { get; }

    /// <summary>The gate of the stub's maps.</summary>
    internal static PoisonGate* Gate { get; }

    /// <summary>The address of a copy kernel, or 0 if the stub has none of that name.</summary>
    internal static nint FindKernel(string export) =>
        IsLoaded && NativeLibrary.TryGetExport(s_library, export, out nint address) ? address : 0;

    /// <summary>Calls a function that returns a string or null.</summary>
    internal static string? Text(string function) =>
        Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)NativeLibrary.GetExport(s_library, function))());

    internal static TuningRecord Tuning()
    {
        TuningRecord record;
        ((delegate* unmanaged<TuningRecord*, void>)NativeLibrary.GetExport(s_library, "mce_get_tuning"))(&record);
        return record;
    }

    /// <summary>Installs the handler for a client, or, for a client that has it already, again.</summary>
    internal static void Enable(int signal, bool isEnabled)
    {
        int error = isEnabled ? s_reinstall(signal) : s_enable(signal);
        if (error != 0)
            throw new InvalidOperationException($"The handler for signal {signal} could not be installed: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    internal static void Disable(int signal) => _ = s_disable(signal);

    internal static HandlerRecord HandlerState(int signal)
    {
        HandlerRecord record;
        int error = s_handlerState(signal, &record);
        return error == 0 ? record : throw new InvalidOperationException($"The handler of signal {signal}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    internal static void PrepareThread()
    {
        int error = s_prepareThread();
        if (error != 0)
            throw new InvalidOperationException($"The signals of recovery could not be unblocked: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    /// <summary>Unblocks the signals of recovery for a long copy. Returns whether <see cref="LongCopyEnds"/> must follow.</summary>
    internal static bool LongCopyBegins(out ulong mask)
    {
        ulong before = 0;
        bool unblocked = s_longCopyBegins(&before) != 0;
        mask = before;
        return unblocked;
    }

    internal static void LongCopyEnds(ulong mask) => s_longCopyEnds(&mask);

    internal static void HandleUncoveredReports(UncoveredReports how) => _ = s_handleUncoveredReports(how);

    internal static long UncoveredReports => IsLoaded ? (long)s_uncoveredReports() : 0;

    internal static int CreateMap(nuint start, nuint length, out ulong map)
    {
        fixed (ulong* made = &map)
            return s_createMap(start, length, made);
    }

    internal static int DestroyMap(ulong map) => s_destroyMap(map);

    internal static int MarkMap(ulong map, nuint offset, nuint length) => length <= Bounded
        ? ((delegate* unmanaged[SuppressGCTransition]<ulong, nuint, nuint, int>)s_markMap)(map, offset, length)
        : s_markMap(map, offset, length);

    internal static int ClearMap(ulong map, nuint offset, nuint length) => length <= Bounded
        ? ((delegate* unmanaged[SuppressGCTransition]<ulong, nuint, nuint, int>)s_clearMap)(map, offset, length)
        : s_clearMap(map, offset, length);

    internal static int FirstOfMap(ulong map, nuint offset, nuint length, out nuint first)
    {
        nuint found = 0;
        int error = length <= Bounded
            ? ((delegate* unmanaged[SuppressGCTransition]<ulong, nuint, nuint, nuint*, int>)s_firstOfMap)(map, offset, length, &found)
            : s_firstOfMap(map, offset, length, &found);
        first = found;
        return error;
    }

    internal static int CountMap(ulong map, out long lines)
    {
        fixed (long* counted = &lines)
            return s_countMap(map, counted);
    }

    internal static nuint FirstPoisoned(nuint address, nuint end) => end - address <= Bounded
        ? ((delegate* unmanaged[SuppressGCTransition]<nuint, nuint, nuint>)s_firstPoisoned)(address, end)
        : s_firstPoisoned(address, end);

    internal static void MarkEverywhere(nuint address, nuint length) => _ = s_markEverywhere(address, length);

    /// <summary><c>madvise(MADV_HWPOISON)</c>; survives the signal that the call itself raises. Returns 0 or an errno.</summary>
    internal static int InjectHwPoison(void* page, nuint length) => s_hwpoison(page, length);
}
