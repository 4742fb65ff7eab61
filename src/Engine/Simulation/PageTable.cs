namespace CopyMc.Simulation;

/// <summary>A page table: the 512 entries of one 2 MiB range.</summary>
public sealed class PageTable
{
    /// <summary>Entries in a table.</summary>
    public const int EntryCount = 512;

    private readonly Pte[] _entries = new Pte[EntryCount];

    /// <summary>The entries, in address order.</summary>
    public ReadOnlySpan<Pte> Entries => _entries;

    /// <summary>The entries, to be changed only by the machine.</summary>
    internal Span<Pte> Writable => _entries;
}
