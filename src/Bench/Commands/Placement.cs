using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Commands;

/// <summary>
/// The options of all commands of <c>bench</c> that say on which CPUs they run and from which NUMA node their memory comes. Because the runtime counts its
/// CPUs once and has threads and memory already, the process starts again, and is then placed from its beginning.
/// </summary>
internal static class Placement
{
    private const string CpuName = "--cpu", NodeName = "--memory-node";

    /// <param name="probe">What is there.</param>
    internal static Option<int[]?> Cpu(ProcessorProbe probe) => new(CpuName)
    {
        Description = "The CPUs to run on, such as 0,2-3. Default: all that the process may use.",
        HelpName = "LIST",
        Recursive = true,
        CustomParser = result =>
        {
            string list = result.Tokens[0].Value;
            if (!CpuList.TryParse(list, out int[] cpus) || cpus.Length == 0)
                result.AddError($"{CpuName} takes a list of CPUs such as 0,2-3, not '{list}'.");
            else if (cpus.Except(ProcessorProbe.Numbers(probe.OnlineCpus)).ToArray() is { Length: > 0 } absent)
                result.AddError($"{CpuName} {list}: CPU {CpuList.Format(absent)} is not there. This machine has {probe.OnlineCpus}.");
            return cpus;
        },
    };

    /// <inheritdoc cref="Cpu"/>
    internal static Option<int?> MemoryNode(ProcessorProbe probe) => new(NodeName)
    {
        Description = "The NUMA node that all memory comes from (MPOL_BIND). Default: mostly the node of the CPU that touches it first.",
        HelpName = "N",
        Recursive = true,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int node))
                result.AddError($"{NodeName} takes the number of a node, not '{text}'.");
            else if (!ProcessorProbe.Numbers(probe.MemoryNodes).Contains(node))
                result.AddError($"{NodeName} {text}: node {text} is not there. {(probe.MemoryNodes is { Length: > 0 } nodes ? $"This machine has memory on node {nodes}." : "This kernel shows no nodes.")}");
            return node;
        },
    };

    /// <summary>Starts the process again where the options say, unless it is there.</summary>
    /// <exception cref="InvalidInputException">It may not run there.</exception>
    internal static void Apply(ParseResult parsed)
    {
        if (parsed.Action is HelpWithExamples)
            return;
        bool isElsewhere = false;
        if (Asked<int[]>(parsed, CpuName) is { } cpus)
        {
            string list = CpuList.Format(cpus);
            isElsewhere |= Place(CpuName, list, () => new ProcessorProbe().AllowedCpus, () => Scheduling.RunOn(cpus));
        }
        if (Asked<int?>(parsed, NodeName) is { } node)
            isElsewhere |= Place(NodeName, CpuList.Format([node]), Scheduling.BoundNodes, () => Scheduling.BindMemory(node));
        if (isElsewhere)
            throw new InvalidInputException($"The process cannot start again on its CPUs and nodes: {Scheduling.StartAgain()}.");
    }

    /// <returns>Whether it was not so.</returns>
    private static bool Place(string option, string asked, Func<string?> now, Func<string?> change)
    {
        if (now() == asked)
            return false;
        string? problem = change() ?? (now() == asked ? null : $"this process may use {now() ?? "no such node"} only");
        return problem is null ? true : throw new InvalidInputException($"{option} {asked}: {problem}.");
    }

    private static T? Asked<T>(ParseResult parsed, string option) => parsed.GetResult(option) is OptionResult result ? result.GetValueOrDefault<T>() : default;
}
