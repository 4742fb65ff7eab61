using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>
/// No byte outside the copy is touched, and none of a line that was marked is read. A recovering kernel would survive both
/// unseen, so each is tried in a process that recovers from nothing.
/// </summary>
public sealed class UnreadMemoryTests
{
    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Not_a_byte_before_or_after_the_copy_nor_of_a_marked_line_is_touched(string kernel)
    {
        ChildResult result = ChildProcess.Run(nameof(UnreadableNeighbour), kernel);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
    }
}
