namespace CopyMc;

/// <summary>
/// Marks the 64-byte lines of a range of memory that are known to be poisoned. A map takes effect when it is created: until it is disposed, every
/// copy in the process whose source it covers, wholly or in part, stops at its marks.
/// </summary>
/// <remarks>
/// <para>Lines are aligned to 64-byte addresses, not to the start of the map. A line that the map covers in part counts whole.</para>
/// <para>
/// Thread-safe: any thread may mark and clear while copies read the map, without waiting for them. Creating and disposing a map takes a lock and
/// time that grows with the logarithm of the number of maps.
/// </para>
/// <para>A map commits memory only for marked lines: a map of 1 TiB reserves address space and almost no memory.</para>
/// </remarks>
public sealed unsafe class PoisonMap : IDisposable
{
    /// <summary>Bytes in a line, the unit of poison.</summary>
    public const int LineSize = 64;

    private readonly PoisonMarks _marks;

    /// <summary>Creates a map of <paramref name="length"/> bytes from <paramref name="start"/>, without marks.</summary>
    /// <param name="start">
    /// The first byte covered; no alignment needed, and the memory need not be mapped. On arm64 a tag in the top byte is ignored.
    /// </param>
    /// <param name="length">Bytes covered.</param>
    /// <exception cref="ArgumentNullException"><paramref name="start"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is zero, or the range wraps around the address space.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for the map.</exception>
    public PoisonMap(void* start, nuint length)
        : this(PoisonRegistry.OfProcess, start, length)
    {
    }

    internal PoisonMap(PoisonRegistry registry, void* start, nuint length)
    {
        Start = UserSpace.Untagged((nuint)start);
        ArgumentNullException.ThrowIfNull((void*)Start, nameof(start));
        ArgumentOutOfRangeException.ThrowIfZero(length);
        // Excludes the last page, so that no end address wraps to zero.
        nuint last = UserSpace.Untagged(nuint.MaxValue) - NativeRegion.PageSize;
        if (Start > last || length > last - Start)
            throw new ArgumentOutOfRangeException(nameof(length), length, "The range wraps around the address space.");
        Length = length;
        _marks = registry.Add(Start, length);
    }

    /// <summary>The number of marked lines.</summary>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public long PoisonedLineCount => _marks.Count();

    /// <summary>The address of the first byte covered.</summary>
    internal nuint Start { get; }

    /// <summary>Bytes covered.</summary>
    internal nuint Length { get; }

    /// <summary>The address after the last byte covered.</summary>
    internal nuint End => Start + Length;

    /// <summary>Marks every line that holds one of <paramref name="length"/> bytes from <paramref name="offset"/>.</summary>
    /// <param name="offset">Bytes from the start of the map.</param>
    /// <param name="length">Bytes; zero marks nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches outside the map.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public void Mark(nuint offset, nuint length = 1)
    {
        ThrowIfOutside(offset, length);
        _marks.Mark(offset, length);
    }

    /// <summary>Clears every line that holds one of <paramref name="length"/> bytes from <paramref name="offset"/>.</summary>
    /// <param name="offset">Bytes from the start of the map.</param>
    /// <param name="length">Bytes; zero clears nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches outside the map.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public void Clear(nuint offset, nuint length)
    {
        ThrowIfOutside(offset, length);
        _marks.Clear(offset, length);
    }

    /// <summary>Tells whether the line that holds a byte is marked.</summary>
    /// <param name="offset">Bytes from the start of the map to the byte.</param>
    /// <returns>True if the line is marked.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is outside the map.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public bool IsPoisoned(nuint offset)
    {
        ThrowIfOutside(offset, 1);
        return _marks.First(offset, 1) == 0;
    }

    /// <summary>Finds the first marked line in a range.</summary>
    /// <param name="offset">Bytes from the start of the map to the start of the range.</param>
    /// <param name="length">Bytes in the range.</param>
    /// <returns>
    /// Bytes from <paramref name="offset"/> to the first byte of a bad line: 0 if <paramref name="offset"/> lies in one,
    /// <paramref name="length"/> if no line of the range is bad.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches outside the map.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public nuint FirstPoisoned(nuint offset, nuint length)
    {
        ThrowIfOutside(offset, length);
        return _marks.First(offset, length);
    }

    /// <summary>Ends the map: copies no longer stop at its marks, which are lost. Calling it again does nothing.</summary>
    public void Dispose() => _marks.Remove();

    private void ThrowIfOutside(nuint offset, nuint length)
    {
        // A disposed map says so first.
        if (offset > Length || length > Length - offset)
            _ = _marks.First(0, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        if (length > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"The range from offset {offset} reaches outside the map of {Length} bytes.");
    }
}
