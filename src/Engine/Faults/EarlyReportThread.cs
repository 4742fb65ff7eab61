namespace CopyMc;

/// <summary>
/// The thread that receives the kernel's early reports of poison. The policy belongs to the thread that sets it and ends with that thread
/// (memory-failure.c, find_early_kill_thread), so the thread runs until <see cref="Dispose"/>.
/// </summary>
internal sealed class EarlyReportThread : IDisposable
{
    private const int PrMceKill = 33, PrMceKillClear = 0, PrMceKillSet = 1, PrMceKillEarly = 1;

    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    private EarlyReportThread(TaskCompletionSource<string?> asked) =>
        _thread = new Thread(() =>
        {
            bool accepted = Libc.ProcessControl(PrMceKill, PrMceKillSet, PrMceKillEarly, 0, 0) == 0;
            asked.SetResult(accepted ? null : Libc.LastErrorMessage());
            if (!accepted)
                return;
            _stop.Wait();
            // The kernel may still see a joined thread for a while.
            _ = Libc.ProcessControl(PrMceKill, PrMceKillClear, 0, 0, 0);
        })
        {
            IsBackground = true,
            Name = "CopyMc early poison reports",
        };

    /// <exception cref="InvalidOperationException">prctl(2) failed.</exception>
    internal static EarlyReportThread Start()
    {
        var asked = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reports = new EarlyReportThread(asked);
        reports._thread.Start();
        return asked.Task.GetAwaiter().GetResult() is string failure
            ? throw new InvalidOperationException($"prctl(PR_MCE_KILL_EARLY): {failure}.")
            : reports;
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }
}
