namespace CopyMc.Bench.Tests.Machine;

/// <summary>A made-up /sys and /proc.</summary>
internal sealed class MachineTree : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <param name="files">Names below the root, and contents.</param>
    internal MachineTree(params IEnumerable<(string Path, string Content)> files)
    {
        foreach ((string path, string content) in files)
        {
            string file = Path.Combine(Root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content + "\n");
        }
    }

    internal string Root => _directory.Path;

    /// <summary>Two nodes and two cores of two threads each; the process may run on one thread of the first and both of the second.</summary>
    internal static MachineTree TwoNodes => new(
        ("sys/devices/system/cpu/online", "0-3"),
        ("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0,2"),
        ("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,3"),
        ("sys/devices/system/cpu/cpu2/topology/thread_siblings_list", "0,2"),
        ("sys/devices/system/cpu/cpu3/topology/thread_siblings_list", "1,3"),
        ("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance"),
        ("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave"),
        ("sys/devices/system/cpu/cpu3/cpufreq/scaling_governor", "powersave"),
        ("sys/devices/system/cpu/intel_pstate/no_turbo", "1"),
        ("sys/devices/system/node/online", "0-1"),
        ("sys/devices/system/node/has_memory", "0-1"),
        ("sys/devices/system/node/node0/cpulist", "0-3"),
        ("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:        1024 kB\nNode 0 MemFree:         1 kB"),
        ("sys/devices/system/node/node1/cpulist", ""),
        ("sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:        2048 kB"),
        ("proc/self/status", "Name:\tx\nCpus_allowed:\td\nCpus_allowed_list:\t0-1,3\nMems_allowed_list:\t0-1"));

    public void Dispose() => _directory.Dispose();
}
