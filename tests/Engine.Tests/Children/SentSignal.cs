using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Sends SIGBUS: kill(2) and pthread_kill(3).</summary>
internal static partial class SentSignal
{
    private const int SigBus = 7;

    /// <summary>The calling thread, for <see cref="ToThread"/>.</summary>
    internal static nuint ThisThread => PthreadSelf();

    /// <summary>Sends to a thread that the kernel picks.</summary>
    internal static void ToProcess() => _ = Kill(Environment.ProcessId, SigBus);

    internal static void ToThread(nuint thread) => _ = PthreadKill(thread, SigBus);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "pthread_kill")]
    private static partial int PthreadKill(nuint thread, int signal);

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nuint PthreadSelf();
}
