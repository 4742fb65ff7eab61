namespace CopyMc;

/// <summary>
/// All live poison maps of the process. Changes take one lock; copies read an immutable index of the maps that have poison,
/// and not even that while <see cref="PoisonGate.PoisonedMaps"/> is zero.
/// </summary>
internal static unsafe class PoisonRegistry
{
    private static readonly Lock s_lock = new();
    private static PoisonMapIndex s_live = PoisonMapIndex.Empty;
    private static PoisonMapIndex s_poisoned = PoisonMapIndex.Empty;

    internal static void Add(PoisonMap map)
    {
        lock (s_lock)
            s_live = s_live.With(map);
    }

    internal static bool Remove(PoisonMap map)
    {
        lock (s_lock)
        {
            if (!map.Retire())
                return false;
            s_live = s_live.Without(map);
            Publish(s_poisoned.Without(map));
            return true;
        }
    }

    internal static void Mark(PoisonMap map, nuint address, nuint length)
    {
        lock (s_lock)
            MarkLocked(map, address, length);
    }

    internal static void Clear(PoisonMap map, nuint address, nuint length)
    {
        lock (s_lock)
        {
            if (map.Change(address, length, poisoned: false) != 0 && map.PoisonedLineCount == 0)
                Publish(s_poisoned.Without(map));
        }
    }

    /// <summary>Marks a range of addresses in every live map that covers a part of it.</summary>
    internal static void MarkEverywhere(nuint address, nuint length)
    {
        lock (s_lock)
        {
            nuint end = address + length;
            foreach (PoisonMap map in s_live.Overlapping(address, end))
            {
                nuint from = nuint.Max(address, map.Start);
                MarkLocked(map, from, nuint.Min(end, map.End) - from);
            }
        }
    }

    /// <summary>
    /// The address of the first byte of [<paramref name="address"/>, <paramref name="end"/>) that any live map knows to be poisoned,
    /// or <paramref name="end"/>. The range must not be empty.
    /// </summary>
    internal static nuint FirstPoisonedAddress(nuint address, nuint end) =>
        Volatile.Read(ref s_poisoned).FirstPoisonedAddress(address, end);

    private static void MarkLocked(PoisonMap map, nuint address, nuint length)
    {
        long marked = map.Change(address, length, poisoned: true);
        if (marked == 0)
            return;
        if (marked == map.PoisonedLineCount)
            Publish(s_poisoned.With(map));
        // After the marks and the index: a copy that sees the new number also sees them.
        Interlocked.Increment(ref PoisonGate.Instance->Marks);
    }

    private static void Publish(PoisonMapIndex index)
    {
        if (ReferenceEquals(index, s_poisoned))
            return;
        Volatile.Write(ref s_poisoned, index);
        Volatile.Write(ref PoisonGate.Instance->PoisonedMaps, index.Count);
    }
}
