namespace CopyMc.Bench.Machine;

/// <summary>The CPUs and NUMA nodes, their frequency settings, and which of them this process may use. Lists of numbers have the format of Linux: 0,2-3.</summary>
/// <param name="OnlineCpus">The CPUs of the machine.</param>
/// <param name="AllowedCpus">The CPUs on which this process may run.</param>
/// <param name="Governors">The frequency governors of the allowed CPUs; empty where the kernel shows none, as in most virtual machines.</param>
/// <param name="Boost">Whether the CPUs may exceed their nominal frequency; null where the kernel does not show it.</param>
/// <param name="SharedCores">The CPUs of each core that has an allowed CPU and several CPUs (SMT siblings).</param>
/// <param name="Nodes">The NUMA nodes; empty where the kernel shows none.</param>
/// <param name="AllowedNodes">The nodes whose memory this process may use.</param>
/// <param name="BoundToNodes">The nodes that the process's memory is bound to (MPOL_BIND); null if it is not bound.</param>
internal sealed record ProcessorReport(
    string OnlineCpus, string AllowedCpus, IReadOnlyList<string> Governors, bool? Boost, IReadOnlyList<string> SharedCores, IReadOnlyList<NodeReport> Nodes,
    string AllowedNodes, string? BoundToNodes);
