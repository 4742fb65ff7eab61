using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>An engine recovers from guard pages and unmapped memory if it was asked to, exactly, and else not at all.</summary>
public sealed class SegmentationFaultTests
{
    [Theory]
    [ClassData(typeof(EveryRecoveringKernel))]
    public void Where_it_was_asked_for_the_count_is_exact_on_either_side(string kernel)
    {
        ChildResult result = ChildProcess.Run(nameof(GuardPage), kernel, bool.TrueString);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
    }

    [Theory]
    [ClassData(typeof(EveryRecoveringKernel))]
    public void Where_it_was_not_it_is_as_fatal_as_ever(string kernel)
    {
        ChildResult result = ChildProcess.Run(nameof(GuardPage), kernel, bool.FalseString);
        Assert.True(result.ExitCode > 128, $"exit code {result.ExitCode}: {result.Error}");
    }
}
