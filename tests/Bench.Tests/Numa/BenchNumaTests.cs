using CopyMc.Bench.Machine;
using CopyMc.Bench.Numa;
using CopyMc.Bench.Results;
using CopyMc.Bench.Tests.Report;

namespace CopyMc.Bench.Tests.Numa;

/// <summary><c>copymc bench numa</c>.</summary>
public sealed class BenchNumaTests(SmokeRuns runs)
{
    private static readonly ProcessorReport s_two = new(
        "0-3", "1-3", [], Boost: null, [], [new NodeReport(0, "0-1", 1), new NodeReport(1, "2-3", 1), new NodeReport(2, "", 1), new NodeReport(3, "", 0)], "0-3", BoundToNodes: null);

    [Fact]
    public void Every_node_with_CPUs_is_paired_with_every_node_with_memory()
    {
        Assert.Equal([(0, "1"), (1, "2-3")], NumaRun.Places(s_two).Select(place => (place.Node, CpuList.Format(place.Cpus))));
        Assert.Equal([0, 1, 2], NumaRun.MemoryNodes(s_two));
        Assert.Equal([1], NumaRun.MemoryNodes(s_two with { BoundToNodes = "1" }));
    }

    [Fact]
    public void A_kernel_that_shows_no_nodes_has_one()
    {
        Assert.Equal(0, Assert.Single(NumaRun.Places(null)).Node);
        Assert.Equal([0], NumaRun.MemoryNodes(null));
    }

    [Fact]
    public void Every_cell_is_measured_and_one_node_says_so()
    {
        SmokeRun run = runs.Bench("numa");
        var report = (NumaReport)run.Result;
        Assert.True(report.EveryCheckHeld);
        ProcessorReport? processors = report.Machine.Processors;
        Assert.Equal(NumaRun.Places(processors).Length * NumaRun.MemoryNodes(processors).Length, report.Cells.Count);
        Assert.All(report.Cells, cell => Assert.True(cell.GibibytesPerSecond > 0));
        Assert.All(report.Cells.Where(cell => cell.CpuNode == cell.MemoryNode), cell => Assert.Equal(1, cell.RatioToLocal!.Value.Median));
        Assert.Equal(processors is not { Nodes.Count: > 1 }, run.Command.Output.Contains("This machine has one node"));
    }

    [Fact]
    public void A_process_that_may_use_one_node_of_several_is_not_told_that_there_is_one()
    {
        var report = (NumaReport)runs.Bench("numa").Result;
        report.Machine = report.Machine with { Processors = s_two with { BoundToNodes = "1" } };
        using var directory = new TemporaryDirectory();
        string path = directory.File("numa.json");
        new ReportFile(path).Write(report);
        Assert.DoesNotContain("This machine has one node", ReportPage.Of(path).Html);
    }
}
