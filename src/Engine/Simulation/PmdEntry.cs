namespace CopyMc.Simulation;

/// <summary>The entry of a 2 MiB range of an address space: none, a page table, or a huge page.</summary>
internal struct PmdEntry
{
    /// <summary>The page table; if <see cref="Huge"/> is present, the table that is deposited for a split of the huge page.</summary>
    internal PageTable? Table;

    /// <summary>The huge page's entry; none if there is no huge page.</summary>
    internal Pte Huge;

    internal readonly bool IsNone => Table is null && Huge.IsNone;

    internal readonly bool IsHuge => Huge.IsPresent;

    internal readonly bool IsTable => Table is not null && Huge.IsNone;
}
