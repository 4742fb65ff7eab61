using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_region_options</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RegionOptionsRecord
{
    internal uint Size;
    internal uint Flags;
    internal int Backing;
    internal int Pages;
    internal int Node;
    internal uint Reserved;
}
