using System.Globalization;

namespace CopyMc.Bench.Machine;

/// <summary>Finds how the CPUs run, the NUMA nodes, and what this process may use, from /sys and /proc.</summary>
/// <param name="root">The directory that has <c>sys</c> and <c>proc</c>.</param>
internal sealed class ProcessorProbe(string root = "/")
{
    private const string Cpu = "sys/devices/system/cpu", Node = "sys/devices/system/node";

    internal string OnlineCpus => Read($"{Cpu}/online") ?? "";

    /// <summary>Of the main thread, whose CPUs other threads inherit.</summary>
    internal string AllowedCpus => Status("Cpus_allowed_list");

    /// <summary>The nodes that have memory.</summary>
    internal string MemoryNodes => Read($"{Node}/has_memory") ?? "";

    internal string AllowedNodes => Status("Mems_allowed_list");

    /// <param name="boundToNodes">The nodes to which the process has bound its memory.</param>
    internal ProcessorReport Run(string? boundToNodes)
    {
        int[] allowed = Numbers(AllowedCpus);
        return new ProcessorReport(
            OnlineCpus, AllowedCpus,
            [.. allowed.Select(cpu => Read($"{Cpu}/cpu{cpu}/cpufreq/scaling_governor")).OfType<string>().Distinct()],
            Flag($"{Cpu}/cpufreq/boost") ?? !Flag($"{Cpu}/intel_pstate/no_turbo"),
            [.. allowed.Select(cpu => Read($"{Cpu}/cpu{cpu}/topology/thread_siblings_list")).OfType<string>().Where(siblings => Numbers(siblings).Length > 1).Distinct()],
            [.. Numbers(Read($"{Node}/online") ?? "").Select(node => new NodeReport(node, Read($"{Node}/node{node}/cpulist") ?? "", MemoryOf(node)))],
            AllowedNodes, boundToNodes);
    }

    internal static int[] Numbers(string list) => CpuList.TryParse(list, out int[] numbers) ? numbers : [];

    /// <summary>"Node 0 MemTotal:        7694112 kB".</summary>
    private long MemoryOf(int node)
    {
        string[] words = (Read($"{Node}/node{node}/meminfo") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(words, "MemTotal:") + 1;
        return at > 0 && at < words.Length && long.TryParse(words[at], CultureInfo.InvariantCulture, out long kibibytes) ? kibibytes << 10 : 0;
    }

    private bool? Flag(string path) => Read(path) switch { "1" => true, "0" => false, _ => null };

    private string Status(string name) =>
        Read("proc/self/status")?.Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim() ?? "";

    private string? Read(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
