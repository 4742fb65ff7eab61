using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_salvage_result</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SalvageResultRecord
{
    internal ulong ProcessedBytes;
    internal ulong LostBytes;
    internal ulong LostRanges;
    internal uint GaveUp;
    internal uint NotPropagated;
    internal NativeFault DestinationFault;
}
