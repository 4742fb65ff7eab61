using System.Numerics;

namespace CopyMc;

/// <summary>
/// The marks of a map where there is no stub: a word for each page, with one bit per line, in chunks for 2 MiB that exist from the first mark on.
/// A map over 1 TiB without marks takes 4 MiB.
/// </summary>
internal sealed unsafe class ManagedPoisonMarks : PoisonMarks
{
    private const int LineShift = 6, PageShift = 12, PagesPerChunk = 512;

    private static long s_made;

    private readonly ManagedPoisonRegistry _registry;
    private readonly nuint _firstPage;
    private readonly nuint _lastPage;
    private readonly long _number = Interlocked.Increment(ref s_made);
    private readonly ulong[]?[] _chunks;
    private volatile bool _removed;

    internal ManagedPoisonMarks(ManagedPoisonRegistry registry, nuint start, nuint length)
    {
        (_registry, Start, End) = (registry, start, start + length);
        _firstPage = Start >> PageShift;
        _lastPage = (End - 1) >> PageShift;
        nuint chunks = (_lastPage - _firstPage) / PagesPerChunk + 1;
        if (chunks > (nuint)Array.MaxLength)
            throw new InsufficientMemoryException($"A poison map of {length} bytes is too large.");
        _chunks = new ulong[]?[(int)chunks];
    }

    internal nuint Start { get; }

    internal nuint End { get; }

    /// <summary>The start of the first line: a line that the map covers in part counts whole.</summary>
    internal nuint LineStart => Start >> LineShift << LineShift;

    /// <summary>The end of the last line.</summary>
    internal nuint LineEnd => (((End - 1) >> LineShift) + 1) << LineShift;

    internal bool IsRemoved => _removed;

    /// <summary>Whether this map is sorted before another.</summary>
    internal bool IsBefore(ManagedPoisonMarks other) => Start != other.Start ? Start < other.Start : _number < other._number;

    internal override void Mark(nuint offset, nuint length) => _registry.Mark(this, Start + offset, length);

    internal override void Clear(nuint offset, nuint length) => _registry.Clear(this, Start + offset, length);

    internal override void Remove() => _registry.Remove(this);

    internal override nuint First(nuint offset, nuint length)
    {
        ThrowIfRemoved();
        nuint address = Start + offset;
        return length == 0 ? 0 : FirstPoisonedAddress(address, address + length) - address;
    }

    internal override long Count()
    {
        ThrowIfRemoved();
        long lines = 0;
        foreach (ulong[]? chunk in _chunks)
        {
            for (int i = 0; chunk is not null && i < chunk.Length; i++)
                lines += BitOperations.PopCount(Volatile.Read(ref chunk[i]));
        }
        return lines;
    }

    /// <summary>The first byte of a range in a marked line, or its end. The range may reach outside the map and must not be empty.</summary>
    internal nuint FirstPoisonedAddress(nuint address, nuint end)
    {
        nuint page = address >> PageShift, lastPage = nuint.Min((end - 1) >> PageShift, _lastPage);
        for (nuint at = nuint.Max(page, _firstPage); at <= lastPage; at++)
        {
            at = NextMarkedPage(at, lastPage);
            if (at > lastPage)
                break;
            ulong lines = Lines(at);
            if (at == page)
                lines &= ulong.MaxValue << (int)((address >> LineShift) & 63);
            if (lines == 0)
                continue;
            nuint line = (at << PageShift) + ((nuint)BitOperations.TrailingZeroCount(lines) << LineShift);
            return nuint.Clamp(line, address, end);
        }
        return end;
    }

    /// <summary>Sets or clears the lines of a range within the map. The caller holds the registry's lock.</summary>
    /// <returns>Whether any line changed.</returns>
    internal bool Change(nuint address, nuint length, bool poisoned)
    {
        ThrowIfRemoved();
        if (length == 0)
            return false;
        nuint lastLine = (address + length - 1) >> LineShift;
        bool changed = false;
        for (nuint line = address >> LineShift; line <= lastLine; line = (line | 63) + 1)
        {
            nuint lastHere = nuint.Min(line | 63, lastLine);
            ulong mask = (ulong.MaxValue << (int)(line & 63)) & (ulong.MaxValue >> (int)(63 - (lastHere & 63)));
            changed |= ChangePage(line >> (PageShift - LineShift), mask, poisoned);
        }
        return changed;
    }

    /// <summary>Ends the map. The caller holds the registry's lock.</summary>
    internal void Retire()
    {
        long lines = Count();
        _removed = true;
        Interlocked.Add(ref PoisonGate.Instance->PoisonedLines, -lines);
    }

    private bool ChangePage(nuint page, ulong mask, bool poisoned)
    {
        ref ulong[]? chunk = ref _chunks[(page - _firstPage) / PagesPerChunk];
        if (chunk is null)
        {
            if (!poisoned)
                return false;
            Volatile.Write(ref chunk, new ulong[PagesPerChunk]);
        }
        ref ulong word = ref chunk[(page - _firstPage) % PagesPerChunk];
        ulong before = word, after = poisoned ? before | mask : before & ~mask;
        int by = BitOperations.PopCount(after) - BitOperations.PopCount(before);
        // The count is never too low while a copy reads it: up before the word is set, down after it is cleared.
        if (by > 0)
            Interlocked.Add(ref PoisonGate.Instance->PoisonedLines, by);
        Volatile.Write(ref word, after);
        if (by < 0)
            Interlocked.Add(ref PoisonGate.Instance->PoisonedLines, by);
        return by != 0;
    }

    private ulong Lines(nuint page)
    {
        ulong[]? chunk = Volatile.Read(ref _chunks[(page - _firstPage) / PagesPerChunk]);
        return chunk is null ? 0 : Volatile.Read(ref chunk[(page - _firstPage) % PagesPerChunk]);
    }

    /// <summary>The first page from <paramref name="page"/> to <paramref name="last"/> with a mark, or a page after <paramref name="last"/>.</summary>
    private nuint NextMarkedPage(nuint page, nuint last)
    {
        while (page <= last)
        {
            nuint index = page - _firstPage;
            int from = (int)(index % PagesPerChunk);
            ulong[]? chunk = Volatile.Read(ref _chunks[index / PagesPerChunk]);
            int marked = chunk is null ? -1 : chunk.AsSpan(from).IndexOfAnyExcept(0UL);
            if (marked >= 0)
                return page + (nuint)marked;
            page += (nuint)(PagesPerChunk - from);
        }
        return page;
    }

    private void ThrowIfRemoved()
    {
        if (_removed)
            throw Removed();
    }
}
