using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Installs, removes and reinstalls the handler, and sends a signal that is not from a copy.</summary>
internal static unsafe partial class HandlerLifecycle
{
    private const int SigBus = 7;

    internal const string Disabled = "disabled", EnabledAgain = "enabled again", AfterSentSignal = "after a sent signal", AfterReset = "after a reset", NeverEnabled = "never enabled";

    internal static int Run(string stage)
    {
        using var lost = new TruncatedFile(4096, kept: 0);
        byte* destination = stackalloc byte[4096];
        CopyEngine? engine = stage == NeverEnabled ? null : CopyEngine.Shared;
        for (int i = 0; i < 3 && engine is not null; i++)
        {
            FaultRecovery.RequestEarlyReports();
            if (!HasReportThread() || engine.Copy(lost.Pointer, destination, 100) != 100 || !FaultRecovery.IsEnabled)
                return 1;
            // A second removal or installation changes nothing.
            FaultRecovery.Disable();
            FaultRecovery.Disable();
            if (FaultRecovery.IsEnabled || !SpinWait.SpinUntil(() => !HasReportThread(), TimeSpan.FromSeconds(10)))
                return 2;
            if (stage == Disabled)
                break;
            FaultRecovery.Enable();
            FaultRecovery.Enable();
            if (stage == AfterSentSignal && i == 0)
                SentSignal.ToThread(SentSignal.ThisThread);
        }
        if (stage == AfterReset)
        {
            _ = SetAction(SigBus, action: 0);
            FaultRecovery.Enable();
        }

        // Copies without a new engine, which would enable recovery.
        Console.WriteLine("so far");
        FaultRecord record;
        CopyKernel kernel = CopyKernel.Available.First(kernel => kernel.RecoversFromFaults);
        nuint remaining = kernel.Copy(lost.Pointer, destination, 100, &record);
        return remaining == 100 ? 0 : 3;
    }

    /// <summary>Whether the thread that receives early reports runs, by its name, of which the kernel keeps 15 characters (proc_pid_comm(5)).</summary>
    private static bool HasReportThread() => Directory.GetDirectories("/proc/self/task").Any(IsReportThread);

    private static bool IsReportThread(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("CopyMc early po", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // The thread has ended.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetAction(int signal, nint action);
}
