using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_salvage_options</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SalvageOptionsRecord
{
    internal uint Size;
    internal uint Flags;
    internal int Fill;
    internal int Propagation;
    internal ulong MaxLostBytes;
    internal uint Pattern;
    internal uint Reserved;
}
