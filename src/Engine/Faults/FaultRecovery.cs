namespace CopyMc;

/// <summary>
/// Recovery from SIGBUS inside the copies of this process. Process-wide: the handler passes every signal that is not
/// a copy's on to the handler that was there before.
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

    /// <summary>Why they cannot; <see langword="null"/> where they can.</summary>
    public static string? UnsupportedReason => MceStub.NotLoadedReason;

    /// <summary>Whether the handler is in place.</summary>
    public static bool IsEnabled
    {
        get
        {
            lock (s_lock)
                return s_enabled;
        }
    }

    /// <summary>
    /// Puts the SIGBUS handler in place. Making a <see cref="CopyEngine"/> with a recovering kernel does this; calling it again does
    /// nothing, unless somebody has set the signal to its default action or to be ignored since: then it is put in place again.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">Not supported here; the message is <see cref="UnsupportedReason"/>.</exception>
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
    /// Takes the handler out again and puts the previous one back. If another handler has been installed over it since, it stays
    /// where it is and passes everything on. Until <see cref="Enable"/>, a fault inside a copy is fatal. Early reports are no longer asked for.
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
    /// Asks the kernel to report poison in this process's memory as soon as it knows of it, before anybody touches it
    /// (<c>PR_MCE_KILL_EARLY</c>, prctl(2)). Each report marks every live <see cref="PoisonMap"/> that covers it, from within the signal
    /// handler; one that no map covers goes to the previous handler. Enables recovery. Calling it again does nothing.
    /// </summary>
    /// <remarks>
    /// The kernel sends the reports to the thread that asked: a background thread is started, which does nothing else, and stays until
    /// <see cref="Disable"/>. It reports all of the process's memory: what no map covers goes to .NET's handler, which survives one such signal
    /// and dies of the second.
    /// </remarks>
    /// <exception cref="PlatformNotSupportedException">Not supported here.</exception>
    /// <exception cref="InvalidOperationException">The kernel refused.</exception>
    public static void RequestEarlyReports()
    {
        Enable();
        lock (s_lock)
        {
            s_earlyReports ??= EarlyReportThread.Start();
        }
    }

    /// <summary>Also recover from SIGSEGV inside copies, of every engine in the process.</summary>
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
