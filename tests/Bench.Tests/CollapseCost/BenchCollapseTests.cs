using CopyMc.Bench.CollapseCost;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tests.CollapseCost;

/// <summary><c>copymc bench collapse</c>.</summary>
public sealed class BenchCollapseTests(SmokeRuns runs)
{
    [Fact]
    public void It_times_commits_aborts_and_a_scan_and_writes_them()
    {
        SmokeRun run = runs.Of("bench", "collapse", "--smoke", "--rounds", "3");
        var report = (CollapseCostReport)run.Result;
        Assert.True(report.EveryCheckHeld);
        Assert.Equal(3, report.Rounds);
        Assert.Equal([0, 128, 256, 511], report.Aborts.Select(abort => abort.PoisonedPage));
        Assert.Equal((511, 5), (report.Scan.Ranges, report.Scan.CollapsibleRanges));
        Assert.True(report.Scan.FrameBytes + report.Scan.EntryBytes <= 64);
        Assert.Contains(Units.Number(report.CommitMicroseconds.Median), run.Command.Output);
    }
}
