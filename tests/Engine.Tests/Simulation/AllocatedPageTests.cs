using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Holes of shmem and pages that fallocate(2) made, as Linux 6.18 treats them.</summary>
public sealed class AllocatedPageTests : EntryTests
{
    [Fact]
    public void A_hole_that_is_read_stays_a_hole()
    {
        SimulatedFile file = Machine.NewFile(Huge, isShmem: true);
        Assert.Equal(SystemCallResult.Returned(4), file.Read(5 * Page, new byte[4]));
        ulong start = Process.MapFile(file, 0, Huge);
        Assert.Equal(0, file.CachedPages);
        Refused(Errno.EINVAL, Collapse(Process, start));
    }

    [Fact]
    public void An_allocated_page_reads_as_zeros_in_a_frame_that_was_used()
    {
        ulong dirty = MapWritten();
        Done(Process.Munmap(dirty, Huge));
        SimulatedFile file = Machine.NewFile(Huge, isShmem: true);
        Done(file.Allocate(0, TestMachine.Pages));
        var bytes = new byte[4096];
        bytes.AsSpan().Fill(1);
        Assert.Equal(SystemCallResult.Returned(4096), file.Read(5 * Page, bytes));
        Assert.Equal(new byte[4096], bytes);
        ulong start = Process.MapFile(file, 0, Huge);
        // It is not mapped before its content is valid.
        EntryRuns.Reads(Process, start, 1);
        Assert.Equal("1 present, 15 none", Entries(Process, start, 16));
        Assert.Equal("512 zero", EntryRuns.Reads(Process, start, TestMachine.Pages));
    }

    [Fact]
    public void Allocated_pages_collapse_and_read_as_zeros()
    {
        ulong dirty = MapWritten();
        Done(Process.Munmap(dirty, Huge));
        SimulatedFile file = Machine.NewFile(Huge, isShmem: true);
        Done(file.Allocate(0, TestMachine.Pages));
        ulong start = Process.MapFile(file, 0, Huge);
        Done(Collapse(Process, start));
        Assert.True(Process.IsHuge(start));
        Assert.Equal("512 zero", EntryRuns.Reads(Process, start, TestMachine.Pages));
    }

    [Fact]
    public void An_allocated_page_goes_to_swap_as_zeros()
    {
        ulong dirty = MapWritten();
        Done(Process.Munmap(dirty, Huge));
        SimulatedFile file = Machine.NewFile(Huge, isShmem: true);
        Done(file.Allocate(0, 1));
        Assert.True(Reclaim.TryReclaimOne(Machine, anonymous: false));
        Assert.True(file.SlotAt(0).IsSwap);
        ulong start = Process.MapFile(file, 0, Huge);
        Assert.Equal("1 zero", EntryRuns.Reads(Process, start, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Allocating_makes_the_file_longer_unless_told_not_to(bool keepsLength)
    {
        SimulatedFile file = Machine.NewFile(2 * Page, isShmem: true);
        Done(file.Allocate(1, 4, keepsLength));
        Assert.Equal(keepsLength ? 2 * Page : 5 * Page, file.Length);
        Assert.Equal(4, file.CachedPages);
    }

    [Fact]
    public void An_allocation_that_fails_changes_nothing()
    {
        SimulatedFile file = Machine.NewFile(2 * Page, isShmem: true);
        file.LimitPages = 3;
        Assert.True(file.Write(0, [1]).IsDone);
        Refused(Errno.ENOSPC, file.Allocate(0, 4));
        Assert.Equal((2 * Page, 1L, 1L), (file.Length, file.CachedPages, file.ChargedPages));
    }

    [Fact]
    public void Each_seal_forbids_its_calls()
    {
        SimulatedFile file = Machine.NewFile(4 * Page, isShmem: true);
        ulong start = Process.MapFile(file, 0, 4 * Page);
        Refused(Errno.EBUSY, file.AddSeals(FileSeals.Write));
        Done(file.AddSeals(FileSeals.FutureWrite));
        Assert.True(Process.Write(start, [1]).IsDone);
        Refused(Errno.EPERM, file.Write(0, [1]));
        Refused(Errno.EPERM, file.PunchHole(0, 1));
        Refused(Errno.EPERM, Process.Madvise(start, Page, Advice.Remove));
        Done(file.AddSeals(FileSeals.Shrink | FileSeals.Grow));
        Refused(Errno.EPERM, file.Truncate(Page));
        Refused(Errno.EPERM, file.Truncate(5 * Page));
        Refused(Errno.EPERM, file.Allocate(0, 5));
        Done(file.AddSeals(FileSeals.Seal));
        Refused(Errno.EPERM, file.AddSeals(FileSeals.Write));
    }
}
