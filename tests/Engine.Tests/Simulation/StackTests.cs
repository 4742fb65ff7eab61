using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>An area of MAP_GROWSDOWN reaches down to what is accessed below it, but not while its lock is held, and not by a system call.</summary>
public sealed class StackTests : EntryTests
{
    private const ulong Start = 1UL << 40, MiB = 1UL << 20;

    [Fact]
    public void It_grows_by_an_access_and_not_by_a_system_call()
    {
        MapStack();
        Refused(Errno.ENOMEM, Process.Madvise(Start - Page, Page, Advice.PopulateWrite));
        Refused(Errno.ENOMEM, Process.Mlock(Start - Page, 2 * Page));
        Assert.Equal(AccessResult.MapError, Process.TryPin(Start - Page, out _));
        Assert.Equal(Start, Process.Areas.Single().Start);
        Assert.True(Process.Write(Start - 3 * Page + 5, [1]).IsDone);
        Assert.Equal(Start - 3 * Page, Process.Areas.Single().Start);
        Assert.Equal("1 present, 2 none", Entries(Process, Start - 3 * Page, 3));
    }

    [Theory]
    [InlineData(Protection.Read, 0, 1, false)]
    [InlineData(Protection.Read, 0, 0, true)]
    [InlineData(Protection.None, 0, 256, true)]
    [InlineData(Protection.Read, (int)MapFlags.GrowsDown, 256, true)]
    public void It_keeps_a_gap_above_what_can_be_accessed(Protection below, int flags, int pagesInGap, bool grows)
    {
        MapStack();
        ulong end = Start - 2 * MiB;
        Assert.True(Process.Mmap(end - Page, Page, below, MapFlags.Private | MapFlags.Fixed | (MapFlags)flags).IsDone);
        Assert.Equal(grows, Process.Write(end + MiB - (ulong)pagesInGap * Page, [1]).IsDone);
    }

    [Fact]
    public void It_is_at_most_8_MiB_long()
    {
        MapStack();
        Assert.Equal(AccessResult.MapError, Process.Write(Start + Huge - 8 * MiB - 1, [1]));
        Assert.True(Process.Write(Start + Huge - 8 * MiB, [1]).IsDone);
    }

    [Fact]
    public void It_waits_for_a_collapse_that_holds_the_lock()
    {
        MapStack();
        TestMachine.Fill(Process, Start);
        var collapse = new AnonymousCollapse(Process, Start);
        while (collapse.NextStep != CollapseStep.SwapIn && collapse.NextStep != CollapseStep.DetachPageTable)
            Assert.True(collapse.MoveNext());
        Assert.Equal(WaitReason.MmapLock, Process.Write(Start - Page, [1]).WaitsFor);
        Assert.Equal(CollapseResult.Succeed, collapse.Run());
        Assert.True(Process.Write(Start - Page, [1]).IsDone);
    }

    private void MapStack() =>
        Assert.True(Process.Mmap(Start, Huge, Protection.ReadWrite, MapFlags.Private | MapFlags.Fixed | MapFlags.GrowsDown).IsDone);
}
