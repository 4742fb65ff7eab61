namespace CopyMc.Simulation;

/// <summary>What a 2 MiB range of an address space is mapped by: nothing, a page table, or a huge page.</summary>
internal struct PmdEntry
{
    /// <summary>The page table; where <see cref="Huge"/> is present, the one deposited for the day the huge page is split.</summary>
    internal PageTable? Table;

    /// <summary>The huge page's entry; none if there is no huge page.</summary>
    internal Pte Huge;

    internal readonly bool IsNone => Table is null && Huge.IsNone;

    internal readonly bool IsHuge => Huge.IsPresent;

    internal readonly bool IsTable => Table is not null && Huge.IsNone;
}
