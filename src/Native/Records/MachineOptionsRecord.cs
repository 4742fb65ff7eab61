using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_machine_options</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MachineOptionsRecord
{
    internal uint Size;
    internal uint Flags;
    internal ulong MemoryBytes;
    internal uint SwapPages;
    internal int ThpEnabled;
    internal int ShmemEnabled;
    internal uint Reserved;
    internal byte* Kernel;
    internal ulong Engine;
}
