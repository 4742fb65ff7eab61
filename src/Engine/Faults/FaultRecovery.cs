namespace CopyMc;

/// <summary>
/// Recovery from SIGBUS inside copies. Process-wide: the handler passes every signal that is not from a copy to the previous handler.
/// </summary>
/// <remarks>Thread-safe. SIGBUS must not be blocked in a thread that copies.</remarks>
public static class FaultRecovery
{
    private static readonly Lock s_lock = new();
    private static bool s_enabled;
    private static bool s_segmentationFaults;
    private static EarlyReportThread? s_earlyReports;

    /// <summary>Whether copies can recover from faults on this machine.</summary>
    public static bool IsSupported => MceStub.IsLoaded;

    /// <summary>Why copies cannot recover here; <see langword="null"/> if they can.</summary>
    public static string? UnsupportedReason => MceStub.NotLoadedReason;

    /// <summary>Whether the handler is installed.</summary>
    public static bool IsEnabled
    {
        get
        {
            lock (s_lock)
                return s_enabled;
        }
    }

    /// <summary>
    /// Installs the SIGBUS handler, as making a <see cref="CopyEngine"/> with a recovering kernel does. Calling it again does nothing, unless
    /// the signal was set to SIG_DFL or SIG_IGN since: then the handler is installed again.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">Not supported here; the message has <see cref="UnsupportedReason"/>.</exception>
    public static void Enable()
    {
        lock (s_lock)
        {
            ThrowIfUnsupported();
            MceStub.Enable(MceStub.SigBus);
            s_enabled = true;
        }
    }

    /// <summary>
    /// Removes the handler and restores the previous one. If another handler was installed over it since, it stays and passes every signal
    /// on. Until <see cref="Enable"/>, a fault inside a copy is fatal. Ends early reports.
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
    /// Asks the kernel to report poison in this process's memory as soon as it is detected, before an access (<c>PR_MCE_KILL_EARLY</c>,
    /// prctl(2)). The signal handler marks each report in every live <see cref="PoisonMap"/> that covers it; a report that no map covers
    /// goes to the previous handler. Enables recovery. Calling it again does nothing.
    /// </summary>
    /// <remarks>
    /// The kernel sends the reports to the thread that requested them, so this starts a background thread that waits until
    /// <see cref="Disable"/>. The reports cover all memory of the process. A report that no map covers goes to .NET's handler, which survives
    /// one such signal and kills the process at the second.
    /// </remarks>
    /// <exception cref="PlatformNotSupportedException">Not supported here.</exception>
    /// <exception cref="InvalidOperationException">prctl(2) failed.</exception>
    public static void RequestEarlyReports()
    {
        Enable();
        lock (s_lock)
        {
            s_earlyReports ??= EarlyReportThread.Start();
        }
    }

    /// <summary>Installs the handler for SIGSEGV too, for the copies of every engine in the process.</summary>
    internal static void EnableSegmentationFaults()
    {
        lock (s_lock)
        {
            ThrowIfUnsupported();
            MceStub.Enable(MceStub.SigSegv);
            s_segmentationFaults = true;
        }
    }

    private static void ThrowIfUnsupported()
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException($"Copies cannot recover from faults here: {UnsupportedReason}");
    }
}
