namespace CopyMc;

/// <summary>
/// All live poison maps of the process. Changes take one lock; copies read an immutable index, and not even that while
/// <see cref="PoisonGate.PoisonedLines"/> is zero. The stub's handler is told of every map, so that it can mark what the kernel
/// reports early.
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

    /// <summary>False if the map was not registered any more.</summary>
    internal static bool Remove(PoisonMap map)
    {
        lock (s_lock)
        {
            PoisonMapIndex without = s_live.Without(map);
            if (ReferenceEquals(without, s_live))
                return false;
            Publish(without);
            // From here on no handler marks it, so that what is counted down is all there is.
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
        // Last: a copy that sees the new number also sees the marks.
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
