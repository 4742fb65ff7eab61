namespace CopyMc.Simulation;

/// <summary>
/// Where a page of anonymous memory may be mapped: the areas that share it since a fork. The kernel keeps a tree of these for each
/// process; here a family shares one, which finds the same mappings.
/// </summary>
internal sealed class AnonVma(uint number)
{
    internal uint Number { get; } = number;

    internal List<Vma> Areas { get; } = [];

    /// <summary>Held while a page table of the family is detached; nobody may look for mappings meanwhile.</summary>
    internal bool WriteLocked { get; set; }
}
