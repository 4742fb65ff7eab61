namespace CopyMc.Simulation;

/// <summary>A page table that a collapse has unlinked; its pages still count as mapped.</summary>
internal readonly record struct DetachedTable(AddressSpace Space, ulong Address, PageTable Table);
