namespace CopyMc;

/// <summary>
/// All live poison maps of the process. Changes take one lock. Copies read an immutable index, and only if
/// <see cref="PoisonGate.PoisonedLines"/> is not zero. The stub's handler has the same list, to mark the kernel's early reports.
/// </summary>
internal static unsafe class PoisonRegistry
{
    private static readonly Lock s_lock = new();
    private static PoisonMapIndex s_live = PoisonMapIndex.Empty;

    internal static void Add(PoisonMap map)
    {
        lock (s_lock)
            Publish(s_live.With(map));
    }

    /// <summary>Removes a map. Returns false if it was no longer registered.</summary>
    internal static bool Remove(PoisonMap map)
    {
        lock (s_lock)
        {
            PoisonMapIndex without = s_live.Without(map);
            if (ReferenceEquals(without, s_live))
                return false;
            Publish(without);
            // No handler marks the map from here on, so its count is final.
            Interlocked.Add(ref PoisonGate.Instance->PoisonedLines, -map.Retire());
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
            _ = map.Change(address, length, poisoned: false);
    }

    /// <summary>Marks a range of addresses in every live map that covers a part of it.</summary>
    internal static void MarkEverywhere(nuint address, nuint length)
    {
        lock (s_lock)
        {
            nuint end = address + length;
            foreach (PoisonMap map in s_live.StartingBefore(end))
            {
                if (map.End <= address)
                    continue;
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
        Volatile.Read(ref s_live).FirstPoisonedAddress(address, end);

    private static void MarkLocked(PoisonMap map, nuint address, nuint length)
    {
        // Last, so that a copy that sees the new number also sees the marks.
        if (map.Change(address, length, poisoned: true))
            Interlocked.Increment(ref PoisonGate.Instance->Marks);
    }

    private static void Publish(PoisonMapIndex index)
    {
        Volatile.Write(ref s_live, index);
        if (MceStub.IsLoaded)
            MceStub.Watch(index.ToWatched());
    }
}
