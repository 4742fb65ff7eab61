namespace CopyMc.Simulation;

/// <summary>
/// A swap area: slots of 4 KiB, each with a count of the page-table and page-cache entries that use it. There is no swap cache: a page that is
/// swapped in belongs to the entry that faulted, and other entries of the slot read their own copies.
/// </summary>
internal sealed unsafe class SwapArea : IDisposable
{
    private readonly NativeRegion? _store;
    private readonly int _slots;
    /// <summary>The counts of the slots that were ever used.</summary>
    private readonly List<ushort> _users = [];
    private readonly Stack<uint> _free = new();

    internal SwapArea(int slots)
    {
        _slots = slots;
        if (slots > 0)
        {
            var options = new NativeRegionOptions { Populate = false, Reserve = false };
            _store = new NativeRegion((nuint)slots * NativeRegion.PageSize, options);
        }
    }

    internal int UsedSlots => _users.Count - _free.Count;

    internal bool TryAllocate(out uint slot)
    {
        if (!_free.TryPop(out slot))
        {
            if (_users.Count == _slots)
                return false;
            slot = (uint)_users.Count;
            _users.Add(0);
        }
        return true;
    }

    internal byte* Content(uint slot) => _store!.Pointer + (nuint)slot * NativeRegion.PageSize;

    internal int Users(uint slot) => _users[(int)slot];

    /// <exception cref="InvalidOperationException">The count would overflow; nothing is changed.</exception>
    internal void AddUser(uint slot)
    {
        if (_users[(int)slot] == ushort.MaxValue)
            throw new InvalidOperationException($"A swap slot has at most {ushort.MaxValue} entries.");
        _users[(int)slot]++;
    }

    /// <summary>Removes an entry of a slot, and frees the slot with the last one.</summary>
    internal void Drop(uint slot)
    {
        if (--_users[(int)slot] == 0)
            _free.Push(slot);
    }

    /// <summary>Frees a slot that no entry uses yet.</summary>
    internal void Release(uint slot) => _free.Push(slot);

    public void Dispose() => _store?.Dispose();
}
