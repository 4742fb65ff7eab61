using System.Runtime.InteropServices;

namespace CopyMc.Bench.Measuring;

/// <summary>A source with content and a destination. Both were touched, so that no measured copy includes a first touch.</summary>
/// <remarks>The source's poison map is clean, and every copy of the engine checks it.</remarks>
internal sealed unsafe class BufferPair : IDisposable
{
    private readonly NativeRegion _source;
    private readonly NativeRegion _destination;

    internal BufferPair(long byteCount, PageKind pages)
    {
        Pages = pages;
        ByteCount = byteCount;
        var options = new NativeRegionOptions { Pages = pages };
        _source = new NativeRegion((nuint)byteCount, options);
        try
        {
            _destination = new NativeRegion((nuint)byteCount, options);
        }
        catch
        {
            _source.Dispose();
            throw;
        }
        Fill(_source);
        NativeMemory.Copy(_source.Pointer, _destination.Pointer, _source.Length);
    }

    internal PageKind Pages { get; }

    internal long ByteCount { get; }

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    /// <param name="point">What is copied.</param>
    /// <param name="distance">Destination minus source modulo the page size; null: half a page where the same bytes are copied again, else 0.</param>
    internal AccessPattern PatternFor(MeasurementPoint point, int? distance = null)
    {
        nuint apart = (nuint)(distance ?? (point.Temperature == Temperature.FirstLevel ? AccessPattern.HalfAPage : 0));
        if (point.Mixture is { } mixture)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(ByteCount, MixedSizes.WindowBytes);
            return new AccessPattern
            {
                Source = _source.Pointer,
                Destination = _destination.Pointer,
                ByteCount = (nuint)point.CopyBytes,
                Stride = 1,
                SlotMask = MixedSizes.Count - 1,
                Mixed = MixedSizes.Of(mixture).Copies,
            };
        }
        long workingSet = Math.Min(point.WorkingSetBytes(ByteCount), ByteCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(workingSet, point.CopyBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workingSet + (long)apart, ByteCount);
        return new AccessPattern
        {
            Source = _source.Pointer,
            Destination = _destination.Pointer + apart,
            ByteCount = (nuint)point.CopyBytes,
            // Cold: a golden-ratio stride, so that no prefetcher predicts the next slot.
            Stride = point.Temperature == Temperature.Cold ? 0x9E3779B1u : 1,
            SlotMask = (ulong)(workingSet / point.CopyBytes) - 1,
        };
    }

    /// <summary>Whether one copy of the pattern's first slot moves every byte.</summary>
    internal bool CopiesExactly(Contender contender, MeasurementPoint point)
    {
        AccessPattern pattern = PatternFor(point);
        (nuint source, nuint destination, nuint length) = pattern.First;
        var copied = new Span<byte>((void*)destination, (int)length);
        copied.Clear();
        return contender.CopyOnce(pattern) == 0 && copied.SequenceEqual(new ReadOnlySpan<byte>((void*)source, (int)length));
    }

    /// <remarks>Uses pointers, because a span has at most 2 GiB.</remarks>
    private static void Fill(NativeRegion region)
    {
        // A prime length, so that no two slots hold the same bytes.
        byte[] pattern = new byte[1_000_003];
        new Random(1).NextBytes(pattern);
        for (nuint offset = 0; offset < region.Length; offset += (nuint)pattern.Length)
        {
            int length = (int)nuint.Min((nuint)pattern.Length, region.Length - offset);
            pattern.AsSpan(0, length).CopyTo(new Span<byte>(region.Pointer + offset, length));
        }
    }
}
