using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_lost_range</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LostRangeRecord
{
    internal ulong Offset;
    internal ulong Length;
}
