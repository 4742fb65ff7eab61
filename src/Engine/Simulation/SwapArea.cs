namespace CopyMc.Simulation;

/// <summary>
/// Where reclaimed pages go: slots of 4 KiB with a count of the page-table and page-cache entries that name them. There is no swap
/// cache: a page that comes in belongs to the entry that asked, others that name the slot read their own copy.
/// </summary>
internal sealed unsafe class SwapArea : IDisposable
{
    private readonly NativeRegion? _store;
    private readonly int _slots;
    /// <summary>Of the slots that were ever used.</summary>
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

    /// <exception cref="InvalidOperationException">There are as many as can be counted; nothing is changed.</exception>
    internal void AddUser(uint slot)
    {
        if (_users[(int)slot] == ushort.MaxValue)
            throw new InvalidOperationException($"A page in swap is named by at most {ushort.MaxValue} entries.");
        _users[(int)slot]++;
    }

    /// <summary>One entry fewer names the slot; with the last it is free.</summary>
    internal void Drop(uint slot)
    {
        if (--_users[(int)slot] == 0)
            _free.Push(slot);
    }

    /// <summary>Gives back a slot that nobody names yet.</summary>
    internal void Release(uint slot) => _free.Push(slot);

    public void Dispose() => _store?.Dispose();
}
