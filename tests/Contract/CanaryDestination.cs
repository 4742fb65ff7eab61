namespace CopyMc.Contract;

/// <summary>
/// A destination between canaries. It holds the canary byte wherever no copy has written, so that one check covers the bytes that a copy
/// must write and the bytes around them that it must not write.
/// </summary>
internal sealed unsafe class CanaryDestination : IDisposable
{
    /// <summary>Bytes of canary to check on either side of a copy: five of the widest vectors.</summary>
    private const nuint Margin = 320;

    internal CanaryDestination(nuint capacity)
    {
        Region = new NativeRegion(2 * NativeRegion.PageSize + capacity);
        Region.Span.Fill(Pattern.Canary);
    }

    internal NativeRegion Region { get; }

    /// <summary>The first byte of the destination, page-aligned. A page of canary is before it, and one after the capacity.</summary>
    internal byte* Start => Region.Pointer + NativeRegion.PageSize;

    /// <summary>
    /// Fails unless the copy wrote exactly its first <paramref name="copied"/> bytes, and nothing around them. Then restores the canary.
    /// </summary>
    internal void Check(CopyCase copy, nuint copied)
    {
        if (copy.Destination - Margin < Region.Pointer || copy.Destination + copy.ByteCount + Margin > Region.Pointer + Region.Length)
            Require.Fail($"{copy}: there is too little canary around it for the check.");
        ReadOnlySpan<byte> source = Bytes(copy.Source, copied);
        ReadOnlySpan<byte> written = Bytes(copy.Destination, copied);
        if (!written.SequenceEqual(source))
            Require.Fail($"{copy}: byte {written.CommonPrefixLength(source)} of the {copied} copied is wrong.");
        int before = Bytes(copy.Destination - Margin, Margin).IndexOfAnyExcept(Pattern.Canary);
        if (before >= 0)
            Require.Fail($"{copy}: {(int)Margin - before} bytes before the destination, a byte was written.");
        int after = Bytes(copy.Destination + copied, copy.ByteCount - copied + Margin).IndexOfAnyExcept(Pattern.Canary);
        if (after >= 0)
            Require.Fail($"{copy}: {after} bytes after the {copied} copied, a byte was written.");
        new Span<byte>(copy.Destination, (int)copied).Fill(Pattern.Canary);
    }

    /// <summary>Fails if any byte was written.</summary>
    internal void CheckUntouched() => Require.Equal(-1, Region.Span.IndexOfAnyExcept(Pattern.Canary));

    public void Dispose() => Region.Dispose();

    private static ReadOnlySpan<byte> Bytes(byte* start, nuint length) => new(start, checked((int)length));
}
