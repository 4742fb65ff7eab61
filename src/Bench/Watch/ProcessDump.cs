using System.Runtime.InteropServices;
using Microsoft.Diagnostics.NETCore.Client;

namespace CopyMc.Bench.Watch;

/// <summary>A dump of a watched process, which goes on afterwards.</summary>
internal static partial class ProcessDump
{
    private const int SigCont = 18;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Without the heap: who copied what is in the stacks, and memory that may be bad is better not read.</summary>
    /// <exception cref="IOException">The dump could not be written.</exception>
    /// <remarks>
    /// What writes the dump traces the process's threads, which stops them, and has been seen to end with the process still stopped and the
    /// request unanswered. Whoever finds it stopped, and traced by nobody, twice in a row, lets it go on.
    /// </remarks>
    internal static void Write(WatchedProcess process, string path)
    {
        Task written = Task.Run(() => process.Client.WriteDump(DumpType.Normal, path));
        bool wasLeftStopped = false;
        while (!((IAsyncResult)written).AsyncWaitHandle.WaitOne(s_lookEvery))
        {
            bool isLeftStopped = IsLeftStopped(process.Id);
            if (isLeftStopped && wasLeftStopped)
                _ = Kill(process.Id, SigCont);
            wasLeftStopped = isLeftStopped;
        }
        try
        {
            written.GetAwaiter().GetResult();
        }
        catch (DiagnosticsClientException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    /// <summary>Stopped by a signal, with no tracer (proc_pid_status(5)).</summary>
    private static bool IsLeftStopped(int id)
    {
        try
        {
            string[] lines = File.ReadAllLines($"/proc/{id}/status");
            return lines.Contains("TracerPid:\t0") && lines.Any(line => line.StartsWith("State:\tT", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
