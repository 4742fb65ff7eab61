using System.Runtime.InteropServices;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tune;

/// <summary><c>struct mce_tuning</c> of mce_stub.h, and the functions that read and set it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StubTuning
{
    internal const uint InEights = 0, Prefetching = 1;

    private const int NameLength = 32;

    private static readonly delegate* unmanaged<StubTuning*, int> s_set = (delegate* unmanaged<StubTuning*, int>)BareKernel.FunctionOf("mce_set_tuning");

    internal nuint StringCopyAbove;
    internal nuint StreamsHintedFrom;
    internal nuint StreamsFrom;
    internal uint StringCopyDistance;
    internal uint StreamingForm;
    internal uint LoopInHalves;
    internal uint Reserved;
    internal fixed byte Kernel[NameLength];
    internal fixed byte StreamingKernel[NameLength];

    internal static StubTuning Current
    {
        get
        {
            StubTuning tuning;
            ((delegate* unmanaged<StubTuning*, void>)BareKernel.FunctionOf("mce_get_tuning"))(&tuning);
            return tuning;
        }
    }

    internal readonly void Use()
    {
        fixed (StubTuning* tuning = &this)
        {
            if (s_set(tuning) != 0)
                throw new InvalidOperationException("The native stub refuses the values of a measurement.");
        }
    }
}
