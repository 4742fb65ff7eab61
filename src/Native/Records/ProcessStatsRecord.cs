using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_process_stats</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProcessStatsRecord
{
    internal uint Size;
    internal uint Number;
    internal ulong RssAnon;
    internal ulong RssFile;
    internal ulong RssShmem;
    internal ulong Swap;
    internal ulong Areas;
}
