using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_khugepaged_options</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KhugepagedOptionsRecord
{
    internal uint Size;
    internal uint PagesToScan;
    internal uint MaxPtesNone;
    internal uint MaxPtesSwap;
    internal uint MaxPtesShared;
    internal uint Reserved;
}
