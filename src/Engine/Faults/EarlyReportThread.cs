namespace CopyMc;

/// <summary>
/// The thread that receives the kernel's early reports of poison. The policy belongs to the thread that set it and ends with it
/// (memory-failure.c, find_early_kill_thread), so this one lives as long as they are wanted.
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
            // A joined thread may still be there for the kernel.
            _ = Libc.ProcessControl(PrMceKill, PrMceKillClear, 0, 0, 0);
        })
        {
            IsBackground = true,
            Name = "CopyMc early poison reports",
        };

    /// <exception cref="InvalidOperationException">The kernel refused.</exception>
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
