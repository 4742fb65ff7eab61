using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tune;

/// <summary>A copy and the first read of its destination, because what a copy leaves in the cache is part of its cost.</summary>
internal readonly unsafe struct CopyThenRead(BareKernel kernel) : ICopyMethod
{
    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        nuint remaining = kernel.Copy(source, destination, byteCount);
        FirstRead.Of(destination, byteCount);
        return remaining;
    }
}
