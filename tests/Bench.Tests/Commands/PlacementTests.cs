using System.CommandLine;
using System.Text.Json;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Tests.Machine;

namespace CopyMc.Bench.Tests.Commands;

/// <summary><c>--cpu</c> and <c>--memory-node</c>: the benchmark runs there, or says why not.</summary>
public sealed class PlacementTests
{
    [Theory]
    [InlineData("--cpu", "0,2-3", null)]
    [InlineData("--cpu", "4", "--cpu 4: CPU 4 is not there. This machine has 0-3.")]
    [InlineData("--cpu", "3-9", "--cpu 3-9: CPU 4-9 is not there. This machine has 0-3.")]
    [InlineData("--cpu", "x", "--cpu takes a list of CPUs such as 0,2-3, not 'x'.")]
    [InlineData("--memory-node", "1", null)]
    [InlineData("--memory-node", "2", "--memory-node 2: node 2 is not there. This machine has memory on node 0-1.")]
    [InlineData("--memory-node", "-1", "--memory-node takes the number of a node, not '-1'.")]
    public void What_is_not_there_is_refused(string option, string value, string? error)
    {
        using var tree = MachineTree.TwoNodes;
        var probe = new ProcessorProbe(tree.Root);
        var command = new Command("bench") { Placement.Cpu(probe), Placement.MemoryNode(probe) };
        Assert.Equal(error is null ? [] : [error], command.Parse([option, value]).Errors.Select(one => one.Message));
    }

    [Fact]
    public void A_kernel_without_nodes_says_so()
    {
        using var tree = new MachineTree();
        var command = new Command("bench") { Placement.MemoryNode(new ProcessorProbe(tree.Root)) };
        Assert.Contains("shows no nodes", Assert.Single(command.Parse(["--memory-node", "0"]).Errors).Message);
    }

    [Theory]
    [InlineData("--cpu", "8000", "quick")]
    [InlineData("--cpu", ",", "suites")]
    [InlineData("--memory-node", "1000", "gc")]
    public void Every_benchmark_takes_them_and_names_what_is_wrong(string option, string value, string command) =>
        Copymc.Run("bench", command, option, value).ExpectOneLineOfError(2, option, value);

    [Fact]
    public void Only_benchmarks_take_them() => Copymc.Run("probe", "--cpu", "0").ExpectOneLineOfError(2, "--cpu");

    [Fact]
    public void A_benchmark_runs_on_the_CPU_with_the_memory_of_the_node_and_can_be_traced()
    {
        var probe = new ProcessorProbe();
        Assert.SkipWhen(probe.MemoryNodes.Length == 0, "This kernel shows no NUMA nodes.");
        string cpu = $"{ProcessorProbe.Numbers(probe.AllowedCpus)[^1]}", node = $"{ProcessorProbe.Numbers(probe.MemoryNodes)[0]}";
        using var directory = new TemporaryDirectory();
        string path = directory.File("gc.json");
        Copymc.Run("bench", "gc", "--smoke", "--cpu", cpu, "--memory-node", node, "--json", path, "--trace", directory.File("gc.nettrace")).ExpectSuccess();
        JsonElement machine = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("machine"), processors = machine.GetProperty("processors");
        Assert.Equal((cpu, node), (processors.GetProperty("allowedCpus").GetString(), processors.GetProperty("boundToNodes").GetString()));
        Assert.Equal(1, machine.GetProperty("logicalProcessors").GetInt32());
    }
}
