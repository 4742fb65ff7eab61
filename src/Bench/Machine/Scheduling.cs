using System.Runtime.InteropServices;

namespace CopyMc.Bench.Machine;

/// <summary>On which CPUs this process runs, and from which nodes its memory comes.</summary>
internal static unsafe partial class Scheduling
{
    // <linux/mempolicy.h>
    private const nint Bind = 2;

    private const int MaskWords = CpuList.End / 64;

    private static nint SetPolicyNumber => IsArm ? 237 : 238;

    private static nint GetPolicyNumber => IsArm ? 236 : 239;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>The nodes to which the memory of the calling thread is bound, as Linux writes them; null if it is not.</summary>
    internal static string? BoundNodes()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        int mode = 0;
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        return GetPolicy(GetPolicyNumber, &mode, mask, CpuList.End, null, 0) == 0 && mode == Bind ? CpuList.Format(Numbers(mask)) : null;
    }

    /// <summary>Binds the memory that the calling thread, and threads and processes that it starts, touch from now on.</summary>
    /// <returns>Why it cannot be; null if it is done.</returns>
    internal static string? BindMemory(int node)
    {
        ulong* mask = stackalloc ulong[MaskWords];
        Set(mask, [node]);
        return SetPolicy(SetPolicyNumber, Bind, mask, CpuList.End) == 0 ? null : $"set_mempolicy: {LastError()}";
    }

    /// <summary>Lets the calling thread, and threads and processes that it starts from now on, run on these CPUs alone.</summary>
    /// <returns>Why it cannot be; null if it is done.</returns>
    internal static string? RunOn(int[] cpus)
    {
        ulong* mask = stackalloc ulong[MaskWords];
        Set(mask, cpus);
        return SetAffinity(0, CpuList.End / 8, mask) == 0 ? null : $"sched_setaffinity: {LastError()}";
    }

    /// <summary>Starts this program again, with the same arguments and number, where the calling thread may run. Call it from the main thread.</summary>
    /// <returns>Why it cannot be.</returns>
    internal static string StartAgain()
    {
        // This runtime does not end, and the next one, with the same number and start, could not bind its diagnostics socket, which --trace needs.
        foreach (string socket in Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{Environment.ProcessId}-*-socket"))
            File.Delete(socket);
        byte[] line = File.ReadAllBytes("/proc/self/cmdline");
        fixed (byte* start = line)
        {
            var arguments = new List<nint>();
            for (int at = 0; at < line.Length; at = Array.IndexOf(line, (byte)0, at) + 1)
                arguments.Add((nint)(start + at));
            fixed (nint* all = (nint[])[.. arguments, 0])
                _ = Execute(Environment.ProcessPath!, all);
        }
        return $"execv: {LastError()}";
    }

    private static void Set(ulong* mask, int[] numbers)
    {
        new Span<ulong>(mask, MaskWords).Clear();
        foreach (int number in numbers)
            mask[number / 64] |= 1ul << (number % 64);
    }

    private static List<int> Numbers(ulong* mask)
    {
        var numbers = new List<int>();
        for (int number = 0; number < CpuList.End; number++)
        {
            if ((mask[number / 64] >> (number % 64) & 1) != 0)
                numbers.Add(number);
        }
        return numbers;
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint* arguments);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SetPolicy(nint number, nint mode, ulong* nodes, nuint bits);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint GetPolicy(nint number, int* mode, ulong* nodes, nuint bits, void* address, nuint flags);
}
