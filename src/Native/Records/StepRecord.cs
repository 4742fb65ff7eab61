using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_step</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StepRecord
{
    internal uint Size;
    internal int Step;
    internal ulong Address;
    internal uint Process;
    internal uint CopiedPages;
}
