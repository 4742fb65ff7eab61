using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Sends a SIGBUS that claims to come from the hardware. A process may send itself any siginfo: rt_tgsigqueueinfo(2).</summary>
internal static unsafe partial class ForgedSigBus
{
    private static readonly bool s_arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>The kernel's ID of the calling thread.</summary>
    internal static int ThisThread => (int)Syscall(s_arm ? 178 : 186, 0, 0, 0, null);

    /// <returns>0, or -1 if the call failed.</returns>
    internal static nint Send(int thread, int code, nuint address, short extentShift)
    {
        byte* info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        // siginfo_t of <asm-generic/siginfo.h>: signo, errno, code, padding, then the address and the least significant bit.
        *(int*)info = MceStub.SigBus;
        *(int*)(info + 8) = code;
        *(nuint*)(info + 16) = address;
        *(short*)(info + 24) = extentShift;
        return Syscall(s_arm ? 240 : 297, Environment.ProcessId, thread, MceStub.SigBus, info);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Syscall(nint number, nint first, nint second, nint third, void* fourth);
}
