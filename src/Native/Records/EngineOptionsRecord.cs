using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_engine_options</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EngineOptionsRecord
{
    internal uint Size;
    internal uint Flags;
    internal byte* Kernel;
    internal int Hint;
    internal uint Reserved;
}
