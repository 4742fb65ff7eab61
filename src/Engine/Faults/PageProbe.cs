using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// Asks the kernel which pages of this process can be read: process_vm_readv(2) on the process itself reads a byte of each and reports where it
/// stopped. It costs a fraction of a signal. Where seccomp forbids the call, the result is unknown.
/// </summary>
internal static unsafe class PageProbe
{
    /// <summary>The most pages of one call.</summary>
    internal const int MaxPages = 16;

    /// <summary>Returns how many of <paramref name="count"/> pages from <paramref name="page"/> on are readable before the first that is not; -1 if unknown.</summary>
    [SkipLocalsInit]
    internal static int ReadablePages(byte* page, int count)
    {
        if (!OperatingSystem.IsLinux())
            return -1;
        count = int.Min(count, MaxPages);
        byte* bytes = stackalloc byte[MaxPages];
        Libc.IoVector* remote = stackalloc Libc.IoVector[MaxPages];
        for (int i = 0; i < count; i++)
            remote[i] = new Libc.IoVector { Base = page + (nuint)i * NativeRegion.PageSize, Length = 1 };
        var local = new Libc.IoVector { Base = bytes, Length = (nuint)count };
        nint read = Libc.ReadMemory(Environment.ProcessId, &local, 1, remote, (nuint)count, 0);
        if (read >= 0)
            return (int)read;
        return Marshal.GetLastPInvokeError() == Libc.Efault ? 0 : -1;
    }
}
