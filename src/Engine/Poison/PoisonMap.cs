using System.Numerics;

namespace CopyMc;

/// <summary>
/// Marks the 64-byte lines of a range of memory that are known to be poisoned. A map registers itself when it is made: until it is
/// disposed, every copy whose source it covers, wholly or in part, stops at its marks.
/// </summary>
/// <remarks>
/// <para>Lines are aligned to 64-byte addresses, not to the start of the map. A line that the map covers in part counts whole.</para>
/// <para>Thread-safe: any thread may mark and clear while copies read the map. Marking takes a lock, reading does not.</para>
/// <para>A map commits memory only for marked lines: a map of 1 TiB reserves address space and almost no memory.</para>
/// </remarks>
public sealed unsafe class PoisonMap : IDisposable
{
    /// <summary>Bytes in a line, the unit of poison.</summary>
    public const int LineSize = 64;

    private const int LineShift = 6;
    private const int PageShift = 12;

    private readonly PoisonBits _bits;
    private readonly byte* _groups;
    private readonly ulong* _lines;
    private readonly nuint _firstPage;
    private readonly nuint _lastPage;
    private volatile bool _disposed;

    /// <summary>Makes a map of <paramref name="length"/> clean bytes from <paramref name="start"/> and registers it.</summary>
    /// <param name="start">The first byte covered; no alignment needed, and the memory need not be mapped.</param>
    /// <param name="length">Bytes covered.</param>
    /// <exception cref="ArgumentNullException"><paramref name="start"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is zero, or the range wraps around the address space.</exception>
    public PoisonMap(void* start, nuint length)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentOutOfRangeException.ThrowIfZero(length);
        // Excludes the last page, so that no end address wraps to zero.
        nuint last = nuint.MaxValue - ((nuint)1 << PageShift);
        if ((nuint)start > last || length > last - (nuint)start)
            throw new ArgumentOutOfRangeException(nameof(length), length, "The range wraps around the address space.");

        Start = (nuint)start;
        Length = length;
        _firstPage = Start >> PageShift;
        _lastPage = (End - 1) >> PageShift;
        _bits = new PoisonBits(_lastPage - _firstPage + 1);
        _groups = _bits.Groups;
        _lines = _bits.Lines;
        PoisonRegistry.Add(this);
    }

    /// <summary>The number of marked lines.</summary>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public long PoisonedLineCount
    {
        get
        {
            ThrowIfDisposed();
            return CountLines();
        }
    }

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
        PoisonRegistry.Mark(this, Start + offset, length);
    }

    /// <summary>Clears every line that holds one of <paramref name="length"/> bytes from <paramref name="offset"/>.</summary>
    /// <param name="offset">Bytes from the start of the map.</param>
    /// <param name="length">Bytes; zero clears nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches outside the map.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public void Clear(nuint offset, nuint length)
    {
        ThrowIfOutside(offset, length);
        PoisonRegistry.Clear(this, Start + offset, length);
    }

    /// <summary>Whether the line that holds the byte at <paramref name="offset"/> is marked.</summary>
    /// <param name="offset">Bytes from the start of the map.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is outside the map.</exception>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public bool IsPoisoned(nuint offset)
    {
        ThrowIfOutside(offset, 1);
        nuint address = Start + offset;
        return FirstPoisonedAddress(address, address + 1) == address;
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
        if (length == 0)
            return 0;
        nuint address = Start + offset;
        return FirstPoisonedAddress(address, address + length) - address;
    }

    /// <summary>Removes the map from the registry and drops its marks. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (PoisonRegistry.Remove(this))
            _bits.Drop();
    }

    /// <summary>
    /// The address of the first byte of [<paramref name="address"/>, <paramref name="end"/>) that lies in a marked line, or
    /// <paramref name="end"/>. The range may reach outside the map and must not be empty. Takes no lock.
    /// </summary>
    internal nuint FirstPoisonedAddress(nuint address, nuint end)
    {
        nuint page = address >> PageShift;
        nuint lastPage = (end - 1) >> PageShift;
        if (lastPage < _firstPage || page > _lastPage)
            return end;

        nuint found = end;
        nuint from = page < _firstPage ? 0 : page - _firstPage;
        nuint to = nuint.Min(lastPage, _lastPage) - _firstPage;
        for (nuint i = NextMarkedPage(from, to); i <= to; i = NextMarkedPage(i + 1, to))
        {
            ulong lines = Volatile.Read(ref _lines[i]);
            if (i + _firstPage == page)
                lines &= ulong.MaxValue << (int)((address >> LineShift) & 63);
            if (lines == 0)
                continue;
            nuint line = ((i + _firstPage) << PageShift) + ((nuint)BitOperations.TrailingZeroCount(lines) << LineShift);
            found = line < address ? address : nuint.Min(line, end);
            break;
        }
        // The words stay mapped while _bits is reachable.
        GC.KeepAlive(_bits);
        return found;
    }

    /// <summary>Sets or clears the lines of a range that lies within the map. The caller holds the registry's lock.</summary>
    /// <returns>Whether any line changed.</returns>
    internal bool Change(nuint address, nuint length, bool poisoned)
    {
        ThrowIfDisposed();
        if (length == 0)
            return false;
        nuint lastLine = (address + length - 1) >> LineShift;
        bool changed = false;
        for (nuint line = address >> LineShift; line <= lastLine; line = (line | 63) + 1)
        {
            nuint lastHere = nuint.Min(line | 63, lastLine);
            ulong mask = (ulong.MaxValue << (int)(line & 63)) & (ulong.MaxValue >> (int)(63 - (lastHere & 63)));
            nuint page = (line >> (PageShift - LineShift)) - _firstPage;
            changed |= poisoned ? SetLines(page, mask) : ClearLines(page, mask);
        }
        return changed;
    }

    /// <summary>Marks the map disposed and removes its pages from the filter. The caller holds the registry's lock, and no handler uses the map.</summary>
    /// <returns>The number of lines that were marked.</returns>
    internal long Retire()
    {
        _disposed = true;
        long lines = 0;
        nuint last = _lastPage - _firstPage;
        for (nuint i = NextMarkedPage(0, last); i <= last; i = NextMarkedPage(i + 1, last))
        {
            PoisonFilter.Remove(_firstPage + i);
            lines += BitOperations.PopCount(_lines[i]);
        }
        return lines;
    }

    /// <summary>The map as the stub's handler sees it.</summary>
    internal WatchedMap ToWatched() => new() { Start = Start, End = End, FirstPage = _firstPage, Lines = _lines, Groups = _groups };

    // Counts go up before the word is set, less what was set already, and go down after it is cleared. So no count is ever too low while
    // others mark or clear lines that share it. The stub's handler keeps the same order (reported_poison.c, mark_lines).
    private bool SetLines(nuint page, ulong mask)
    {
        if ((Volatile.Read(ref _lines[page]) & mask) == mask)
            return false;
        Count(page, 1, BitOperations.PopCount(mask));
        ulong before = Interlocked.Or(ref _lines[page], mask);
        if (before != 0)
            Count(page, -1, -BitOperations.PopCount(mask & before));
        return (mask & ~before) != 0;
    }

    private bool ClearLines(nuint page, ulong mask)
    {
        if ((Volatile.Read(ref _lines[page]) & mask) == 0)
            return false;
        ulong before = Interlocked.And(ref _lines[page], ~mask);
        int cleared = BitOperations.PopCount(mask & before);
        if (before != 0 && (before & ~mask) == 0)
            Count(page, -1, -cleared);
        else
            Interlocked.Add(ref PoisonGate.Instance->PoisonedLines, -cleared);
        return cleared != 0;
    }

    private void Count(nuint page, int by, int lines)
    {
        Interlocked.Add(ref PoisonGate.Instance->PoisonedLines, lines);
        ChangeGroup(page, by);
        if (by > 0)
            PoisonFilter.Add(_firstPage + page);
        else
            PoisonFilter.Remove(_firstPage + page);
    }

    private void ChangeGroup(nuint page, int by)
    {
        ref byte count = ref _groups[page / PoisonBits.PagesPerGroup];
        byte before;
        do
            before = Volatile.Read(ref count);
        while (Interlocked.CompareExchange(ref count, (byte)(before + by), before) != before);
    }

    private long CountLines()
    {
        long lines = 0;
        nuint last = _lastPage - _firstPage;
        for (nuint i = NextMarkedPage(0, last); i <= last; i = NextMarkedPage(i + 1, last))
            lines += BitOperations.PopCount(Volatile.Read(ref _lines[i]));
        GC.KeepAlive(_bits);
        return lines;
    }

    /// <summary>Returns the first page from <paramref name="page"/> to <paramref name="last"/> with a marked line, else a page after <paramref name="last"/>.</summary>
    private nuint NextMarkedPage(nuint page, nuint last)
    {
        while (page <= last)
        {
            nuint group = page / PoisonBits.PagesPerGroup;
            int groups = (int)nuint.Min(last / PoisonBits.PagesPerGroup - group + 1, int.MaxValue);
            int clean = new ReadOnlySpan<byte>(_groups + group, groups).IndexOfAnyExcept((byte)0);
            if (clean != 0)
            {
                page = (group + (nuint)(clean < 0 ? groups : clean)) * PoisonBits.PagesPerGroup;
                continue;
            }
            nuint end = nuint.Min((group + 1) * PoisonBits.PagesPerGroup - 1, last) + 1;
            int marked = new ReadOnlySpan<ulong>(_lines + page, (int)(end - page)).IndexOfAnyExcept(0UL);
            if (marked >= 0)
                return page + (nuint)marked;
            page = end;
        }
        return page;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    private void ThrowIfOutside(nuint offset, nuint length)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }
}
