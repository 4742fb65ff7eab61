using System.Runtime.InteropServices;
using Microsoft.Diagnostics.NETCore.Client;

namespace CopyMc.Bench.Watch;

/// <summary>Writes a dump of a watched process, which then continues.</summary>
internal static partial class ProcessDump
{
    private const int SigCont = 18;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Writes a dump without the heap: the stacks show the copies, and reading memory that may be bad is not safe.</summary>
    /// <exception cref="IOException">The dump could not be written.</exception>
    /// <remarks>
    /// The runtime's dump writer stops the process with ptrace. It has been seen to end with the process still stopped and the request unanswered.
    /// A process that is stopped without a tracer twice in a row is therefore continued.
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
