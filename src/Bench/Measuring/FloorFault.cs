namespace CopyMc.Bench.Measuring;

/// <summary>The cheapest possible fault, in the form of a copy method: one load that raises SIGBUS, with a handler that steps over it.</summary>
internal readonly unsafe struct FloorFault : ICopyMethod
{
    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        Yardsticks.FloorFault(source);
        return byteCount;
    }
}
