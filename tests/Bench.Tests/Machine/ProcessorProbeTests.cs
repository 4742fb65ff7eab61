using CopyMc.Bench.Machine;

namespace CopyMc.Bench.Tests.Machine;

/// <summary>What /sys and /proc say about CPUs and nodes, and what is said where they say nothing.</summary>
public sealed class ProcessorProbeTests
{
    [Fact]
    public void Governors_siblings_nodes_and_what_the_process_may_use_are_read()
    {
        using var tree = MachineTree.TwoNodes;
        ProcessorReport report = new ProcessorProbe(tree.Root).Run(boundToNodes: null);
        Assert.Equal(("0-3", "0-1,3", "0-1", (bool?)false), (report.OnlineCpus, report.AllowedCpus, report.AllowedNodes, report.Boost));
        Assert.Equal(["performance", "powersave"], report.Governors);
        Assert.Equal(["0,2", "1,3"], report.SharedCores);
        Assert.Equal([new NodeReport(0, "0-3", 1 << 20), new NodeReport(1, "", 2 << 20)], report.Nodes);
        Assert.Equal(
            [
                ("governor", "performance, powersave"), ("boost", "off"), ("SMT siblings", "0,2 and 1,3"),
                ("NUMA nodes", "0: CPUs 0-3, 1 MiB; 1: no CPUs, 2 MiB"), ("may use", "CPUs 0-1,3 of 0-3, memory of node 0-1"),
            ],
            ProcessorDescription.Facts(report));
        Assert.Contains(("may use", "CPUs 0-1,3 of 0-3, memory of node 1 alone"), ProcessorDescription.Facts(report with { BoundToNodes = "1" }));
    }

    [Fact]
    public void What_a_kernel_does_not_show_is_said()
    {
        using var tree = new MachineTree(("sys/devices/system/cpu/online", "0"), ("proc/self/status", "Cpus_allowed_list:\t0"));
        (string Name, string Value)[] facts = ProcessorDescription.Facts(new ProcessorProbe(tree.Root).Run(boundToNodes: null));
        Assert.All(facts[..2], fact => Assert.Contains("not shown by this kernel", fact.Value));
        Assert.Equal([("SMT siblings", "none"), ("NUMA nodes", "not shown by this kernel"), ("may use", "CPUs 0 of 0, memory of every node")], facts[2..]);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("x", null)]
    public void Boost_is_read_where_AMD_and_others_have_it(string content, bool? expected)
    {
        using var tree = new MachineTree(("sys/devices/system/cpu/cpufreq/boost", content));
        Assert.Equal(expected, new ProcessorProbe(tree.Root).Run(boundToNodes: null).Boost);
    }
}
