namespace CopyMc.Bench.Machine;

/// <summary>One NUMA node.</summary>
/// <param name="Node">Its number.</param>
/// <param name="Cpus">Its CPUs, as Linux writes them; empty if it has memory only.</param>
/// <param name="MemoryBytes">Its memory; 0 if it has CPUs only.</param>
internal sealed record NodeReport(int Node, string Cpus, long MemoryBytes);
