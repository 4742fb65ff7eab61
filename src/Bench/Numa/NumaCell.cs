using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Numa;

/// <summary>Copies on the CPUs of one node, with source and destination in the memory of one node.</summary>
/// <param name="CpuNode">The node of the CPUs.</param>
/// <param name="MemoryNode">The node of the memory.</param>
/// <param name="CopyMicroseconds">A copy of 2 MiB that is in no cache.</param>
/// <param name="GibibytesPerSecond">Its speed, from the median; copied bytes count once.</param>
/// <param name="RecoveryMicroseconds">A copy of the page before unknown poison and the recovery from it; null if there is no latent poison here.</param>
/// <param name="RatioToLocal">The copy's time divided by that in the memory of the CPUs' own node, in the same round; null if that node has no memory.</param>
/// <param name="Exact">Whether every copy copied the expected number of bytes.</param>
internal sealed record NumaCell(
    int CpuNode, int MemoryNode, Quartiles CopyMicroseconds, double GibibytesPerSecond, Quartiles? RecoveryMicroseconds, Quartiles? RatioToLocal, bool Exact);
