namespace CopyMc.Contract;

/// <summary>
/// A destination between canaries. Everything in it is the canary byte except what a copy wrote, so that a check of one copy
/// covers each byte that was written and each around it that must not have been.
/// </summary>
internal sealed unsafe class CanaryDestination : IDisposable
{
    /// <summary>Bytes of canary that are checked on either side of a copy: five of the widest vectors.</summary>
    private const nuint Margin = 320;

    internal CanaryDestination(nuint capacity)
    {
        Region = new NativeRegion(2 * NativeRegion.PageSize + capacity);
        Region.Span.Fill(Pattern.Canary);
    }

    internal NativeRegion Region { get; }

    /// <summary>The page-aligned place that copies go to. A page of canary lies before it, and one after the capacity.</summary>
    internal byte* Start => Region.Pointer + NativeRegion.PageSize;

    /// <summary>
    /// Fails unless the copy wrote its first <paramref name="copied"/> bytes and nothing around them, as far as it might have reached.
    /// Then puts the canary back.
    /// </summary>
    internal void Check(CopyCase copy, nuint copied)
    {
        if (copy.Destination - Margin < Region.Pointer || copy.Destination + copy.ByteCount + Margin > Region.Pointer + Region.Length)
            Require.Fail($"{copy}: there is not enough canary around it for the check.");
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

    /// <summary>Fails unless not one byte was ever written.</summary>
    internal void CheckUntouched() => Require.Equal(-1, Region.Span.IndexOfAnyExcept(Pattern.Canary));

    public void Dispose() => Region.Dispose();

    private static ReadOnlySpan<byte> Bytes(byte* start, nuint length) => new(start, checked((int)length));
}
