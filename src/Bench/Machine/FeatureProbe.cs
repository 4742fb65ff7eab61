using System.Runtime.InteropServices;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Machine;

/// <summary>Finds the features of the kernel, by trying them without an effect.</summary>
internal static unsafe partial class FeatureProbe
{
    private const int MadvCollapse = 25;
    private const int OpenCloseOnExec = 0x80000, UserModeOnly = 1;

    // <linux/userfaultfd.h>: _IOWR(0xAA, 0x3F, struct uffdio_api), and the bits of its features.
    private const nuint IoctlApi = 0xC018AA3F;
    private const ulong WriteProtect = 1 << 0, Poison = 1 << 14, AsynchronousWriteProtect = 1 << 15, Move = 1 << 16;

    internal static IReadOnlyList<FeatureReport> Run()
    {
        if (!OperatingSystem.IsLinux())
            return [];
        string? noUserfaultfd = null;
        ulong features = UserfaultfdFeatures(ref noUserfaultfd);
        FeatureReport Userfaultfd(string name, ulong bit, string usedFor, string since) => new(
            name, usedFor, noUserfaultfd ?? ((features & bit) != 0 ? null : $"this kernel has no such feature (Linux {since} has)"));
        return
        [
            new("early reports", "poison maps filled before anybody touches the poison",
                File.Exists("/proc/sys/vm/memory_failure_early_kill") ? null : "the kernel was built without CONFIG_MEMORY_FAILURE"),
            new("MADV_COLLAPSE", "the kernel's own collapse, as a yardstick", NoAdvice(MadvCollapse, "Linux 6.1")),
            Userfaultfd("userfaultfd write-protect", WriteProtect, "collapse of memory in use", "5.7"),
            Userfaultfd("userfaultfd asynchronous write-protect", AsynchronousWriteProtect, "copying ahead of a collapse", "6.7"),
            Userfaultfd("userfaultfd poison", Poison, "UffdPoison", "6.6"),
            Userfaultfd("userfaultfd move", Move, "moving pages without a copy", "6.8"),
            new("process_vm_readv on itself", "looking for the end of poison without a signal", NoSelfRead()),
            new("/proc/self/mem", "a peer in bench recovery", NoSelfMemory()),
            new("libyardsticks.so", "the floor and the peers in bench recovery",
                Yardsticks.IsAvailable ? null : "it was not built, which needs a C compiler"),
        ];
    }

    /// <summary>The kernel checks the advice before it sees that the range is empty.</summary>
    private static string? NoAdvice(int advice, string needs) =>
        Advise(null, 0, advice) == 0 ? null : $"madvise: {LastError()} (it needs {needs})";

    private static ulong UserfaultfdFeatures(ref string? reason)
    {
        nint number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 282 : 323;
        int descriptor = (int)SystemCall(number, OpenCloseOnExec | UserModeOnly);
        if (descriptor < 0)
        {
            reason = $"userfaultfd: {LastError()}";
            return 0;
        }
        ulong* api = stackalloc ulong[] { 0xAA, 0, 0 };
        if (IoControl(descriptor, IoctlApi, api) != 0)
            reason = $"UFFDIO_API: {LastError()}";
        _ = Close(descriptor);
        return api[1];
    }

    private static string? NoSelfRead()
    {
        byte from = 1, to = 0;
        nuint* remote = stackalloc nuint[] { (nuint)(&from), 1 };
        nuint* local = stackalloc nuint[] { (nuint)(&to), 1 };
        return ReadMemory(Environment.ProcessId, local, 1, remote, 1, 0) == 1 ? null : $"process_vm_readv: {LastError()}";
    }

    private static string? NoSelfMemory()
    {
        try
        {
            File.OpenHandle("/proc/self/mem").Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    private static partial nint ReadMemory(int process, nuint* local, nuint localCount, nuint* remote, nuint remoteCount, nuint flags);
}
