using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>
/// An early report of poison, as the kernel sends it: SIGBUS with BUS_MCEERR_AO. A thread may send one to itself
/// (rt_tgsigqueueinfo(2)), and it is delivered before the call returns.
/// </summary>
internal static unsafe partial class EarlyReport
{
    private const int BusMceerrAo = 5;

    /// <returns>0, or -1 if the kernel refused.</returns>
    internal static nint Raise(nuint address, short extentShift = 12)
    {
        byte* info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        // siginfo_t of <asm-generic/siginfo.h>: signo, errno, code, padding, then the address and the least significant bit.
        *(int*)info = MceStub.SigBus;
        *(int*)(info + 8) = BusMceerrAo;
        *(nuint*)(info + 16) = address;
        *(short*)(info + 24) = extentShift;
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        nint thread = Syscall(arm ? 178 : 186, 0, 0, 0, null);
        return Syscall(arm ? 240 : 297, Environment.ProcessId, thread, MceStub.SigBus, info);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Syscall(nint number, nint first, nint second, nint third, void* fourth);
}
