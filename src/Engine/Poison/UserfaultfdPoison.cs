using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>Puts poison markers into page table entries with userfaultfd(2).</summary>
internal static unsafe class UserfaultfdPoison
{
    private const nuint FeaturePoison = 1 << 14;
    private const nint UserModeOnly = 1;
    private const ulong Api = 0xAA;
    private const ulong RegisterModeMissing = 1;

    // _IOWR(0xAA, number, struct) as <linux/userfaultfd.h> encodes it; the same on x86-64 and arm64.
    private const nuint IoctlApi = 0xC018AA3F, IoctlRegister = 0xC020AA00, IoctlUnregister = 0x8010AA01, IoctlPoison = 0xC020AA08;

    private static nint SyscallNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 282 : 323;

    /// <summary>
    /// Drops the pages and sets poison markers (<c>UFFDIO_POISON</c>). The markers outlive the registration and the descriptor;
    /// <c>MADV_DONTNEED</c> removes them. Returns null, or the call that failed and the reason.
    /// </summary>
    internal static string? Install(byte* start, nuint length)
    {
        int descriptor = (int)Libc.Syscall(SyscallNumber, Libc.OpenCloseOnExec | UserModeOnly);
        if (descriptor < 0)
            return $"userfaultfd: {Libc.LastErrorMessage()}";
        try
        {
            ulong* api = stackalloc ulong[] { Api, FeaturePoison, 0 };
            if (Libc.Ioctl(descriptor, IoctlApi, api) != 0)
                return $"this kernel's userfaultfd has no UFFDIO_POISON (it needs Linux 6.6): {Libc.LastErrorMessage()}";
            ulong* register = stackalloc ulong[] { (ulong)start, length, RegisterModeMissing, 0 };
            if (Libc.Ioctl(descriptor, IoctlRegister, register) != 0)
                return $"UFFDIO_REGISTER: {Libc.LastErrorMessage()}";
            try
            {
                if (!PageDropper.Drop(start, length))
                    return $"MADV_DONTNEED: {Libc.LastErrorMessage()}";
                ulong* poison = stackalloc ulong[] { (ulong)start, length, 0, 0 };
                return Libc.Ioctl(descriptor, IoctlPoison, poison) == 0 ? null : $"UFFDIO_POISON: {Libc.LastErrorMessage()}";
            }
            finally
            {
                _ = Libc.Ioctl(descriptor, IoctlUnregister, register);
            }
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }
}
