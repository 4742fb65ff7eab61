namespace CopyMc;

/// <summary>An immutable set of maps, searched by address: sorted by start, with the highest end up to each map.</summary>
internal sealed class PoisonMapIndex
{
    internal static readonly PoisonMapIndex Empty = new([]);

    private readonly PoisonMap[] _maps;
    // The highest end of the maps up to this one, rounded up to a line: where a search to the left may stop.
    private readonly nuint[] _reach;

    private PoisonMapIndex(PoisonMap[] maps)
    {
        _maps = maps;
        _reach = new nuint[maps.Length];
        nuint reach = 0;
        for (int i = 0; i < maps.Length; i++)
            _reach[i] = reach = nuint.Max(reach, RoundUpToLine(maps[i].End));
    }

    internal WatchedMap[] ToWatched() => Array.ConvertAll(_maps, map => map.ToWatched());

    internal PoisonMapIndex With(PoisonMap map)
    {
        int at = FirstStartingAtOrAfter(map.Start);
        return new PoisonMapIndex([.. _maps.AsSpan(0, at), map, .. _maps.AsSpan(at)]);
    }

    internal PoisonMapIndex Without(PoisonMap map)
    {
        int at = Array.IndexOf(_maps, map);
        return at < 0 ? this : new PoisonMapIndex([.. _maps.AsSpan(0, at), .. _maps.AsSpan(at + 1)]);
    }

    /// <summary>The maps that start before an address.</summary>
    internal ReadOnlySpan<PoisonMap> StartingBefore(nuint end) => _maps.AsSpan(0, FirstStartingAtOrAfter(end));

    internal nuint FirstPoisonedAddress(nuint address, nuint end)
    {
        // A map that starts inside the last line of the range marks that whole line.
        nuint found = end;
        for (int i = FirstStartingAtOrAfter(RoundUpToLine(end)) - 1; i >= 0 && _reach[i] > address && found > address; i--)
            found = _maps[i].FirstPoisonedAddress(address, found);
        return found;
    }

    private static nuint RoundUpToLine(nuint address) => (address + PoisonMap.LineSize - 1) & ~(nuint)(PoisonMap.LineSize - 1);

    private int FirstStartingAtOrAfter(nuint address)
    {
        int low = 0, high = _maps.Length;
        while (low < high)
        {
            int middle = (int)((uint)(low + high) >> 1);
            if (_maps[middle].Start < address)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
