namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>What is recorded in <see cref="CollapseStates"/> is what the kernel that runs here does.</summary>
public sealed class RealKernelTests
{
    [Theory]
    [ClassData(typeof(EveryCollapseState))]
    public void The_kernel_does_what_is_recorded(string name)
    {
        CollapseState state = CollapseStates.Named(name);
        ProbeReport report = RealKernelRun.Run(state);
        Assert.SkipUnless(report.Unsupported is null, report.Unsupported ?? "");
        Assert.Equal(CollapseOutcome.ExpectedOf(state), report.Outcome);
    }

    [Fact]
    public void Names_are_unique() => Assert.Distinct(CollapseStates.All.Select(state => state.Name));
}
