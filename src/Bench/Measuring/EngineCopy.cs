namespace CopyMc.Bench.Measuring;

internal readonly unsafe struct EngineCopy(CopyEngine engine) : ICopyMethod
{
    public nuint Copy(byte* source, byte* destination, nuint byteCount) => engine.Copy(source, destination, byteCount);
}
