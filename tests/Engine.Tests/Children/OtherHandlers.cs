using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>native/other_handlers: what other libraries do with signals.</summary>
internal static unsafe partial class OtherHandlers
{
    private const string Library = "other_handlers";

    internal static string? UnavailableReason { get; } =
        NativeLibrary.TryLoad(Library, typeof(OtherHandlers).Assembly, null, out _) ? null : "libother_handlers.so was not built, which needs a C compiler";

    /// <summary>Installs a handler of SIGBUS that passes signals on, or ends the process with <see cref="Reported"/>.</summary>
    [LibraryImport(Library, EntryPoint = "other_install")]
    internal static partial int Install(int passesOn);

    internal const int Reported = 77;

    [LibraryImport(Library, EntryPoint = "other_remove")]
    internal static partial int Remove();

    /// <summary>Sets SIGBUS to SIG_DFL.</summary>
    [LibraryImport(Library, EntryPoint = "other_reset")]
    internal static partial int Reset();

    [LibraryImport(Library, EntryPoint = "other_calls")]
    internal static partial nint Calls();

    /// <summary>Starts a profiler, whose handler copies 200 bytes, of which 100 can be read.</summary>
    [LibraryImport(Library, EntryPoint = "other_profile")]
    internal static partial int Profile(nint copy, byte* memory, int microseconds);

    [LibraryImport(Library, EntryPoint = "other_profile_end")]
    internal static partial nint EndProfile(out nint wrongCopies);

    [LibraryImport(Library, EntryPoint = "other_call_with_all_signals_blocked")]
    internal static partial int CallWithAllSignalsBlocked(delegate* unmanaged<void> callback);

    [LibraryImport(Library, EntryPoint = "other_signal_is_blocked")]
    internal static partial int IsBlocked(int signal);
}
