using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_machine_stats</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MachineStatsRecord
{
    internal uint Size;
    internal uint Processes;
    internal ulong Frames;
    internal ulong FreeFrames;
    internal ulong PoisonPending;
    internal ulong HardwareCorrupted;
    internal ulong ThpCollapseAlloc;
    internal ulong ThpCollapseAllocFailed;
    internal ulong ThpFaultAlloc;
    internal ulong ThpScanExceedNonePte;
    internal ulong ThpScanExceedSwapPte;
    internal ulong ThpScanExceedSharePte;
    internal ulong NrIsolatedAnon;
    internal ulong NrIsolatedFile;
    internal ulong NrFilePages;
    internal ulong NrShmem;
    internal ulong NrShmemHugePages;
    internal ulong NrFileHugePages;
    internal ulong PSwpIn;
    internal ulong PSwpOut;
    internal ulong PagesCollapsed;
    internal ulong FullScans;
}
