namespace CopyMc.Bench.Measuring;

internal readonly unsafe struct SpanCopy : ICopyMethod
{
    public nuint Copy(byte* source, byte* destination, nuint byteCount)
    {
        new ReadOnlySpan<byte>(source, (int)byteCount).CopyTo(new Span<byte>(destination, (int)byteCount));
        return 0;
    }
}
