using System.Runtime.InteropServices;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tests.Measuring;

/// <summary>Copies that a loop in C repeats.</summary>
public sealed unsafe class LoopInCTests
{
    [Fact]
    public void The_loops_copy_and_tell_of_poison()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported && Yardsticks.IsAvailable, "there was no C compiler");
        using var source = new NativeRegion(NativeRegion.PageSize);
        using var destination = new NativeRegion(NativeRegion.PageSize);
        source.Span.Fill(7);
        AccessPattern pattern = AccessPattern.Over(source, destination, 100);
        var library = new LoopInC("memcpy", Yardsticks.RepeatMemcpy, NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "memcpy"));
        var checkedCopy = new LoopInC("mce_copy", Yardsticks.RepeatMceCopy, BareKernel.FunctionOf("mce_copy"));
        foreach (LoopInC loop in new[] { library, checkedCopy })
        {
            destination.Span.Clear();
            Assert.Equal(0u, loop.CopyMany(pattern, 0, 3));
            Assert.Equal(100, destination.Span.Count((byte)7));
        }

        source.Poison.Mark(64);
        Assert.NotEqual(0u, checkedCopy.CopyMany(pattern, 0, 3));
    }
}
