using CopyMc.Bench.CollapseCost;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tests.CollapseCost;

/// <summary><c>copymc bench collapse</c>.</summary>
public sealed class BenchCollapseTests
{
    [Fact]
    public void It_times_commits_aborts_and_a_scan_and_writes_them()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("collapse.json");
        Copymc run = Copymc.Run("bench", "collapse", "--smoke", "--rounds", "3", "--json", path).ExpectSuccess();

        var report = (CollapseCostReport)ResultFile.Read(path);
        Assert.True(report.EveryCheckHeld);
        Assert.Equal(3, report.Rounds);
        Assert.True(report.CommitMicroseconds.Median > 0);
        Assert.Equal([0, 128, 256, 511], report.Aborts.Select(abort => abort.PoisonedPage));
        Assert.Equal(511, report.Scan.Ranges);
        Assert.Equal(5, report.Scan.CollapsibleRanges);
        Assert.True(report.Scan.FrameBytes + report.Scan.EntryBytes <= 64);
        Assert.Contains(Units.Number(report.CommitMicroseconds.Median), run.Output);
    }
}
