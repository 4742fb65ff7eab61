using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>A range's page table before a collapse: after an abort it is the same one, with the same entries.</summary>
internal sealed class RangeEntries
{
    private readonly ulong _address;
    private readonly PageTable? _table;
    private readonly Pte[] _entries;

    internal RangeEntries(AddressSpace process, ulong address)
    {
        _address = address;
        _table = process.TableAt(address);
        _entries = _table?.Entries.ToArray() ?? [];
    }

    internal string Name => NameOf(_address);

    internal static string NameOf(ulong address) => $"0x{address:x}";

    /// <summary>The first change, apart from pages that were swapped in or that memory failure took; null: there is none.</summary>
    internal string? Difference(AddressSpace process)
    {
        PageTable? now = process.TableAt(_address);
        if (_table is null)
            return null;
        if (now != _table)
            return $"{Name} has another page table";
        for (int i = 0; i < _entries.Length; i++)
        {
            Pte entry = now.Entries[i];
            if (entry != _entries[i] && !entry.IsHwPoison && !(_entries[i].IsSwap && entry.IsPresent))
                return $"page {i} of {Name} has another entry";
        }
        return null;
    }
}
