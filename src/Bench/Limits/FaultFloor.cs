using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Limits;

/// <summary>The cheapest fault there is, as if it were a copy: one load that raises SIGBUS, whose handler steps over it.</summary>
internal readonly unsafe struct FaultFloor : ICopyMethod
{
    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        Yardsticks.FloorFault(source);
        return 0;
    }
}
