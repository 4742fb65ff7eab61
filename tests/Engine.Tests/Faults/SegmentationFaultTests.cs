using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>An engine recovers from guard pages and unmapped memory only if its options say so.</summary>
public sealed class SegmentationFaultTests
{
    [Theory]
    [ClassData(typeof(EveryRecoveringKernel))]
    public void With_the_option_the_count_is_exact_on_either_side(string kernel)
    {
        ChildResult result = ChildProcess.Run(nameof(GuardPage), kernel, bool.TrueString);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
    }

    [Theory]
    [ClassData(typeof(EveryRecoveringKernel))]
    public void Without_the_option_the_fault_is_fatal(string kernel)
    {
        ChildResult result = ChildProcess.Run(nameof(GuardPage), kernel, bool.FalseString);
        Assert.True(result.ExitCode > 128, $"exit code {result.ExitCode}: {result.Error}");
    }
}
