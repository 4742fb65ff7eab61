using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_access</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AccessRecord
{
    internal int Outcome;
    internal int WaitsFor;
    internal ulong Done;
}
