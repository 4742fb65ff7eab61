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
        Assert.Equal(state.RangesBefore, report.RangesBefore);

        CollapseOutcome expected = CollapseOutcome.ExpectedOf(state);
        bool recordedHere = RealKernelRun.KernelRelease.StartsWith(CollapseStates.RecordedOn, StringComparison.Ordinal);
        // The names of the results are the kernel's own, and not a promise to anybody.
        if (!report.Traced || !recordedHere)
            expected = expected with { Results = report.Outcome.Results };
        if (state.DiffersBetweenKernels && !recordedHere && expected != report.Outcome)
            Assert.Skip($"recorded on {CollapseStates.RecordedOn}; {RealKernelRun.KernelRelease} says {report.Outcome}");
        Assert.Equal(expected, report.Outcome);
        bool allHuge = expected.Error == CollapseErrno.None && !expected.Ranges.Contains("small");
        Assert.Equal(state.Expected.Table ?? (allHuge ? $"{state.Mapping.Count} present" : report.TableBefore), report.TableAfter);
    }

    [Theory]
    [ClassData(typeof(EveryRefusedState))]
    public void An_anonymous_range_that_is_refused_keeps_its_page_table_to_the_bit(string name)
    {
        ProbeReport report = RealKernelRun.Run(CollapseStates.Named(name), trace: false);
        Assert.SkipUnless(report.Unsupported is null, report.Unsupported ?? "");
        Assert.True(report.TableUnchanged, $"The page table was {report.TableBefore} and is {report.TableAfter}.");
    }

    [Fact]
    public void Names_are_unique() => Assert.Distinct(CollapseStates.All.Select(state => state.Name));
}
