using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Limits;

/// <summary>A copy whose first byte raises a signal. It then clears the map, so that the next copy raises one too.</summary>
internal readonly unsafe struct RecoveringCopy(CopyEngine engine, PoisonMap map) : ICopyMethod
{
    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        nuint remaining = engine.Copy(source, destination, byteCount);
        map.Clear(0, NativeRegion.PageSize);
        return remaining;
    }
}
