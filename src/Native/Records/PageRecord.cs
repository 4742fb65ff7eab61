using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_page</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PageRecord
{
    internal int State;
    internal uint Flags;
    internal uint Frame;
    internal uint MapCount;
}
