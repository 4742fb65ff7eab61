using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Tests.Machine;
using CopyMc.Bench.Tests.Report;
using CopyMc.Bench.Throughput.Quick;

namespace CopyMc.Bench.Tests.Results;

/// <summary>When a result says that its figures may be worth little, and why.</summary>
public sealed class ReliabilityTests(SmokeRuns runs)
{
    private static readonly ProcessorReport s_quiet = new("0-3", "0-1", ["performance"], Boost: false, ["0,2", "1,3"], [], "0", BoundToNodes: null);

    [Theory]
    [InlineData(null)]
    [InlineData(4.9)]
    [InlineData(-4.9)]
    public void A_quiet_machine_has_no_warning(double? drift) => Assert.Empty(Reliability.Warnings(s_quiet, drift));

    [Fact]
    public void An_unknown_machine_has_no_warning() => Assert.Empty(Reliability.Warnings(processors: null, clockDriftPercent: null));

    [Fact]
    public void Another_governor_is_named() =>
        Assert.Contains("governor is powersave, not performance", Assert.Single(Reliability.Warnings(s_quiet with { Governors = ["performance", "powersave"] }, 0)));

    [Fact]
    public void Siblings_of_one_core_are_named() =>
        Assert.Contains("(0,2)", Assert.Single(Reliability.Warnings(s_quiet with { AllowedCpus = "0-2" }, 0)));

    [Theory]
    [InlineData(5.1, "5.10 % longer")]
    [InlineData(-20, "20.0 % less")]
    public void A_drift_of_the_clock_is_told(double percent, string expected) => Assert.Contains(expected, Assert.Single(Reliability.Warnings(s_quiet, percent)));

    [Fact]
    public void A_drift_is_how_much_longer_the_loop_takes() => Assert.Equal(25, ClockDrift.Percentage(80, 100), precision: 9);

    [Fact]
    public void The_warnings_of_a_machine_are_in_the_result_and_on_the_page()
    {
        using var tree = MachineTree.TwoNodes;
        MachineReport machine = MachineProbe.Run(CopyEngine.Shared) with { Processors = new ProcessorProbe(tree.Root).Run(boundToNodes: null) };
        var report = (QuickReport)runs.Bench("quick").Result;
        report.Complete(DateTimeOffset.UtcNow, machine, clock: new ClockDrift());
        Assert.Contains(report.Warnings, warning => warning.Contains("powersave"));
        Assert.NotNull(report.ClockDriftPercent);
        using var directory = new TemporaryDirectory();
        string path = directory.File("quick.json");
        new ReportFile(path).Write(report);
        Assert.Contains("<strong>Warning:</strong> The frequency governor is powersave", ReportPage.Of(path).Html);
    }
}
