using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_observer</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ObserverRecord
{
    internal uint Size;
    internal uint Flags;
    internal delegate* unmanaged[Cdecl]<void*, StepRecord*, int> BeforeStep;
    internal void* Context;
}
