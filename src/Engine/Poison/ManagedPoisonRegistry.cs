namespace CopyMc;

/// <summary>The maps where there is no stub. Changes take one lock; copies read an immutable tree.</summary>
internal sealed unsafe class ManagedPoisonRegistry : PoisonRegistry
{
    private readonly Lock _lock = new();
    private ManagedMapTree? _live;

    internal override PoisonMarks Add(nuint start, nuint length)
    {
        var map = new ManagedPoisonMarks(this, start, length);
        lock (_lock)
            Volatile.Write(ref _live, ManagedMapTree.With(_live, map));
        return map;
    }

    internal override void MarkEverywhere(nuint address, nuint length)
    {
        lock (_lock)
            ManagedMapTree.Visit(_live, address, address + length, MarkPart);

        nuint MarkPart(ManagedPoisonMarks map, nuint end)
        {
            nuint from = nuint.Max(address, map.Start), to = nuint.Min(address + length, map.End);
            if (from < to)
                MarkLocked(map, from, to - from);
            return end;
        }
    }

    internal override nuint FirstPoisonedAddress(nuint address, nuint end) =>
        ManagedMapTree.Visit(Volatile.Read(ref _live), address, end, (map, before) => map.FirstPoisonedAddress(address, before));

    internal void Mark(ManagedPoisonMarks map, nuint address, nuint length)
    {
        lock (_lock)
            MarkLocked(map, address, length);
    }

    internal void Clear(ManagedPoisonMarks map, nuint address, nuint length)
    {
        lock (_lock)
            _ = map.Change(address, length, poisoned: false);
    }

    internal void Remove(ManagedPoisonMarks map)
    {
        lock (_lock)
        {
            if (map.IsRemoved)
                return;
            Volatile.Write(ref _live, ManagedMapTree.Without(_live, map));
            map.Retire();
        }
    }

    private static void MarkLocked(ManagedPoisonMarks map, nuint address, nuint length)
    {
        // Last, so that a copy that sees the new number also sees the marks.
        if (map.Change(address, length, poisoned: true))
            Interlocked.Increment(ref PoisonGate.Instance->Marks);
    }
}
