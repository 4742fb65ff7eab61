using CopyMc.Diagnostics;

namespace CopyMc;

/// <summary>
/// Recovery from SIGBUS inside copies, in the whole process. The handler passes every signal that is not from a copy to the previous handler.
/// </summary>
/// <remarks>
/// Thread-safe. Several clients (copies of this library in load contexts of their own, C code) share the handler: it stays until the last one
/// disables it. docs/signals.md describes what it does to a process.
/// </remarks>
public static class FaultRecovery
{
    private static readonly Lock s_lock = new();
    private static bool s_enabled;
    private static bool s_segmentationFaults;
    private static EarlyReportThread? s_earlyReports;

    static FaultRecovery() => LoadContext.OnUnload(Disable);

    /// <summary>Whether copies can recover from faults on this machine.</summary>
    public static bool IsSupported => MceStub.IsLoaded;

    /// <summary>Why copies cannot recover from faults on this machine; <see langword="null"/> if they can.</summary>
    public static string? UnsupportedReason => MceStub.NotLoadedReason;

    /// <summary>Whether recovery is enabled. <see cref="SigBusHandler"/> says whether the handler is still installed.</summary>
    public static bool IsEnabled
    {
        get
        {
            lock (s_lock)
                return s_enabled;
        }
    }

    /// <summary>The function that gets SIGBUS first. Another library may have installed a handler since, over that of CopyMc or instead of it.</summary>
    /// <exception cref="InvalidOperationException">sigaction(2) failed.</exception>
    public static SignalHandler SigBusHandler => SignalHandler.Of(MceStub.SigBus);

    /// <summary>The function that gets SIGSEGV first. Only <see cref="CopyEngineOptions.RecoverSegmentationFaults"/> enables recovery from it.</summary>
    /// <exception cref="InvalidOperationException">sigaction(2) failed.</exception>
    public static SignalHandler SigSegvHandler => SignalHandler.Of(MceStub.SigSegv);

    /// <summary>The number of early reports of poison that no map covered, since the process started.</summary>
    public static long UncoveredReportCount => MceStub.UncoveredReports;

    /// <summary>
    /// Installs the SIGBUS handler. Creating a <see cref="CopyEngine"/> whose kernel recovers from faults calls this. Called again, it installs the
    /// handler over any function that was installed since. The handler then passes signals on to that function, even if that one passes them back.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">Copies cannot recover on this machine; the message has <see cref="UnsupportedReason"/>.</exception>
    /// <exception cref="InvalidOperationException">The handler could not be installed; the message says why.</exception>
    public static void Enable()
    {
        lock (s_lock)
        {
            ThrowIfUnsupported();
            MceStub.Enable(MceStub.SigBus, s_enabled);
            s_enabled = true;
        }
    }

    /// <summary>
    /// Ends recovery and early reports for this client. When the last client has called it, the handler is removed and the previous one restored. If
    /// another handler was installed over it since, it stays and passes every signal on. From then on, a fault inside a copy kills the process.
    /// </summary>
    public static void Disable()
    {
        lock (s_lock)
        {
            s_earlyReports?.Dispose();
            s_earlyReports = null;
            if (s_enabled)
                MceStub.Disable(MceStub.SigBus);
            if (s_segmentationFaults)
                MceStub.Disable(MceStub.SigSegv);
            s_enabled = s_segmentationFaults = false;
        }
    }

    /// <summary>
    /// Unblocks the signals of recovery in the calling thread. A fault in a thread that blocks SIGBUS kills the process. Threads of .NET do not
    /// block it, but a thread of native code that calls into .NET may.
    /// </summary>
    /// <remarks>
    /// Copies of more than 32 KiB do not need it. If a thread blocks the signals at its first such copy, these copies unblock them, and block them
    /// again at the end.
    /// </remarks>
    /// <exception cref="InvalidOperationException">A sandbox refuses <c>sigprocmask(2)</c>.</exception>
    public static void PrepareThread()
    {
        if (IsSupported)
            MceStub.PrepareThread();
    }

    /// <summary>
    /// Asks the kernel to report poison in this process's memory as soon as it is detected, before an access (<c>PR_MCE_KILL_EARLY</c>,
    /// prctl(2)). The signal handler marks each report in every live <see cref="PoisonMap"/> that covers it. Enables recovery.
    /// </summary>
    /// <param name="uncovered">What happens to a report that no map covers, in the whole process. The last call decides.</param>
    /// <remarks>
    /// The kernel sends the reports to the thread that requested them, so this starts a background thread that waits until
    /// <see cref="Disable"/>. The reports cover all memory of the process.
    /// </remarks>
    /// <exception cref="PlatformNotSupportedException">Copies cannot recover on this machine; the message has <see cref="UnsupportedReason"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="uncovered"/> is no value of its type.</exception>
    /// <exception cref="InvalidOperationException">prctl(2) failed, or the handler could not be installed.</exception>
    public static void RequestEarlyReports(UncoveredReports uncovered = UncoveredReports.Count)
    {
        if (!Enum.IsDefined(uncovered))
            throw new ArgumentOutOfRangeException(nameof(uncovered), uncovered, null);
        Enable();
        lock (s_lock)
        {
            MceStub.HandleUncoveredReports(uncovered);
            s_earlyReports ??= EarlyReportThread.Start();
        }
    }

    /// <summary>Installs the handler for SIGSEGV too, for the copies of every engine in the process.</summary>
    internal static void EnableSegmentationFaults()
    {
        lock (s_lock)
        {
            ThrowIfUnsupported();
            MceStub.Enable(MceStub.SigSegv, s_segmentationFaults);
            s_segmentationFaults = true;
        }
    }

    private static void ThrowIfUnsupported()
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException($"Copies cannot recover from faults here: {UnsupportedReason}");
    }
}
