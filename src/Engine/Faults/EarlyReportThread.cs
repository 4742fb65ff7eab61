namespace CopyMc;

/// <summary>
/// The thread that receives the kernel's early reports of poison. The policy belongs to the thread that set it and ends with it
/// (memory-failure.c, find_early_kill_thread), so this one never ends.
/// </summary>
internal static class EarlyReportThread
{
    private const int PrMceKill = 33, PrMceKillSet = 1, PrMceKillEarly = 1;

    internal static void Start()
    {
        var asked = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            bool accepted = Libc.ProcessControl(PrMceKill, PrMceKillSet, PrMceKillEarly, 0, 0) == 0;
            asked.SetResult(accepted ? null : Libc.LastErrorMessage());
            if (accepted)
                Thread.Sleep(Timeout.Infinite);
        })
        {
            IsBackground = true,
            Name = "CopyMc early poison reports",
        };
        thread.Start();
        if (asked.Task.GetAwaiter().GetResult() is string failure)
            throw new InvalidOperationException($"prctl(PR_MCE_KILL_EARLY): {failure}.");
    }
}
