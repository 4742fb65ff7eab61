using System.Runtime.InteropServices;

namespace CopyMc.Bench.Measuring;

internal readonly unsafe struct NativeMemoryCopy : ICopyMethod
{
    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        NativeMemory.Copy(source, destination, byteCount);
        return 0;
    }
}
