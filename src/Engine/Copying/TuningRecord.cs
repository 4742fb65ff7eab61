using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary><c>struct mce_tuning</c> of mce_stub.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TuningRecord
{
    private const int NameLength = 32;

    internal nuint StringCopyAbove;
    internal nuint StreamsHintedFrom;
    internal nuint StreamsFrom;
    internal uint StringCopyDistance;
    internal uint StreamingForm;
    internal uint LoopInHalves;
    internal uint Reserved;
    internal fixed byte Kernel[NameLength];
    internal fixed byte StreamingKernel[NameLength];
}
