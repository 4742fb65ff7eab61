using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>
/// A copy touches no byte outside its ranges and reads no byte of a marked line. A recovering kernel would survive both unnoticed, so each
/// case runs in a process without recovery.
/// </summary>
public sealed class UnreadMemoryTests
{
    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void No_byte_outside_the_copy_or_of_a_marked_line_is_touched(string kernel)
    {
        ChildResult result = ChildProcess.Run(nameof(UnreadableNeighbour), kernel);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
    }
}
