namespace CopyMc.Bench.Measuring;

/// <summary>A C function that only copies, called as the engine calls its kernels for short copies: without a GC transition.</summary>
internal readonly unsafe struct RawCopy(string name, void* function, bool aroundCache) : ICopyMethod
{
    private readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, void> _function =
        (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, void>)function;

    internal string Name { get; } = name;

    /// <summary>Whether it writes around the caches.</summary>
    internal bool AroundCache { get; } = aroundCache;

    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        _function(destination, source, byteCount);
        return 0;
    }
}
