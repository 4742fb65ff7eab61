using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Machine;

/// <summary>In words, how the CPUs run and what this process may use.</summary>
internal static class ProcessorDescription
{
    /// <summary>More cores than these are not listed.</summary>
    private const int MostCores = 4;

    private const string NotShown = "not shown by this kernel, as in most virtual machines";

    /// <param name="processors">Null in results that do not record it.</param>
    internal static (string Name, string Value)[] Facts(ProcessorReport? processors) => processors is null ? [] :
    [
        ("governor", processors.Governors.Count > 0 ? string.Join(", ", processors.Governors) : NotShown),
        ("boost", processors.Boost switch { true => "on", false => "off", null => NotShown }),
        ("SMT siblings", processors.SharedCores.Count == 0 ? "none" : Cores(processors.SharedCores)),
        ("NUMA nodes", Nodes(processors.Nodes)),
        ("may use", $"CPUs {processors.AllowedCpus} of {processors.OnlineCpus}, memory of {Memory(processors)}"),
    ];

    private static string Cores(IReadOnlyList<string> cores) =>
        string.Join(" and ", cores.Take(MostCores)) + (cores.Count > MostCores ? $" and so on: {Units.Count(cores.Count, "core")}" : "");

    private static string Nodes(IReadOnlyList<NodeReport> nodes) => nodes.Count switch
    {
        0 => "not shown by this kernel",
        1 => "one",
        _ => string.Join("; ", nodes.Select(node => $"{node.Node}: {(node.Cpus.Length > 0 ? $"CPUs {node.Cpus}" : "no CPUs")}, {Units.Bytes(node.MemoryBytes)}")),
    };

    private static string Memory(ProcessorReport processors) =>
        processors.BoundToNodes is { } bound ? $"node {bound} alone" : processors.AllowedNodes.Length > 0 ? $"node {processors.AllowedNodes}" : "every node";
}
