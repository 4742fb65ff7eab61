namespace CopyMc.Simulation;

/// <summary>A page table that a collapse has taken out for the moment; what it maps is still mapped.</summary>
internal readonly record struct DetachedTable(AddressSpace Space, ulong Address, PageTable Table);
