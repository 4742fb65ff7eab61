using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>The pages that loads and stores map, as on Linux 6.18.</summary>
public sealed class FaultTests : EntryTests
{
    [Fact]
    public void A_store_to_the_huge_zero_page_allocates_a_huge_page()
    {
        ulong start = Process.Map(Huge, advice: Advice.HugePage);
        Assert.Equal("512 zero", EntryRuns.Reads(Process, start, TestMachine.Pages));
        Assert.Equal(0, Process.AnonymousPages);
        Assert.True(Process.Write(start + 3 * Page, TestMachine.Content(3)).IsDone);
        Assert.True(Process.IsHuge(start));
        TestMachine.ExpectContent(Process, start, page => page == 3);
    }

    [Fact]
    public void A_store_to_the_huge_zero_page_splits_it_if_no_huge_page_is_free()
    {
        ulong start = Process.Map(Huge, advice: Advice.HugePage);
        EntryRuns.Reads(Process, start, 1);
        Machine.FailureInjection = point => point == FailurePoint.HugePageAllocation;
        Assert.True(Process.Write(start + 3 * Page, TestMachine.Content(3)).IsDone);
        Assert.False(Process.IsHuge(start));
        Assert.Equal(1, Process.AnonymousPages);
        TestMachine.ExpectContent(Process, start, page => page == 3);
    }

    [Fact]
    public void A_load_maps_the_cached_pages_of_the_64_KiB_around_it()
    {
        (SimulatedFile file, ulong start) = MapShmem(64);
        EntryRuns.Reads(Process, start + 20 * Page, 1);
        Assert.Equal("16 none, 16 present, 32 none", Entries(Process, start, 64));
        EntryRuns.Writes(Process, start + 40 * Page, 1);
        Assert.Equal("16 none, 16 present, 8 none, 1 present, 23 none", Entries(Process, start, 64));
        Done(file.PunchHole(18, 2));
        Assert.Equal("16 none, 2 present, 2 none, 12 present", Entries(Process, start, 32));
    }

    [Fact]
    public void A_load_that_is_reported_as_missing_has_mapped_the_pages_around_it()
    {
        (SimulatedFile file, ulong start) = MapShmem(16);
        Done(file.PunchHole(4, 2));
        Register(start, UserfaultfdModes.Missing);
        Assert.Equal("1 UserfaultfdMissing", EntryRuns.Reads(Process, start + 4 * Page, 1));
        Assert.Equal("4 present, 2 none, 10 present, 4 none", Entries(Process, start, 20));
    }

    [Theory]
    [InlineData(UserfaultfdModes.WriteProtect, "1 none, 1 present, 14 none")]
    [InlineData(UserfaultfdModes.Minor, "16 none")]
    public void Nothing_around_is_mapped_where_userfaultfd_watches_single_pages(UserfaultfdModes modes, string expected)
    {
        (_, ulong start) = MapShmem(16);
        Register(start, modes);
        EntryRuns.Reads(Process, start + Page, 1);
        Assert.Equal(expected, Entries(Process, start, 16));
    }

    [Fact]
    public void An_exclusive_page_is_written_in_place_despite_other_references()
    {
        ulong start = MapWritten(2);
        Assert.True(Process.TryPin(start, out PinnedPage? pin).IsDone);
        Done(Process.Mprotect(start, 2 * Page, Protection.Read));
        Done(Process.Mprotect(start, 2 * Page, Protection.ReadWrite));
        Assert.True(Process.Write(start, TestMachine.Content(7)).IsDone);
        Assert.Equal(pin!.Pfn, Process.EntryAt(start).Pfn);
        // After a fork it is not exclusive.
        Done(Fork().Exit());
        Assert.True(Process.Write(start, TestMachine.Content(8)).IsDone);
        Assert.NotEqual(pin.Pfn, Process.EntryAt(start).Pfn);
    }

    [Fact]
    public void A_pin_for_reading_faults_like_a_load_and_a_pin_for_IO_like_a_store()
    {
        ulong start = Process.Map(Huge);
        Assert.True(Process.TryPin(start, out PinnedPage? read).IsDone);
        Assert.Equal(0, Process.AnonymousPages);
        Assert.True(Process.TryPin(start, out PinnedPage? io, PinKind.Io).IsDone);
        Assert.Equal(1, Process.AnonymousPages);
        Assert.NotEqual(read!.Pfn, io!.Pfn);
        read.Dispose();
        Done(Process.Mprotect(start, Page, Protection.Read));
        Assert.Equal(AccessResult.AccessError, Process.TryPin(start, out _, PinKind.Io));
        Done(Process.Mprotect(start, Page, Protection.None));
        Assert.Equal(AccessResult.AccessError, Process.TryPin(start, out _));
        Assert.Equal(AccessResult.MapError, Process.TryPin(start + Huge, out _));
    }

    [Theory]
    [InlineData(false, Huge, "512 present")]
    [InlineData(true, Huge, "512 present")]
    [InlineData(false, Huge - Page, "16 present, 496 none")]
    [InlineData(true, Huge - Page, "3 none, 1 present, 508 none")]
    public void An_access_to_a_huge_page_of_shmem_maps_all_of_it_if_the_area_contains_it(bool write, ulong length, string expected)
    {
        (SimulatedFile file, ulong start) = MapShmem();
        Done(Collapse(Process, start));
        ulong second = Process.MapFile(file, 0, length, advice: Advice.NoHugePage);
        _ = write ? EntryRuns.Writes(Process, second + 3 * Page, 1) : EntryRuns.Reads(Process, second + 3 * Page, 1);
        Assert.False(Process.IsHuge(second));
        Assert.Equal(expected, Entries(Process, second));
    }

    [Fact]
    public void A_minor_fault_is_reported_before_a_huge_page_is_mapped()
    {
        (_, ulong start) = MapShmem();
        Done(Collapse(Process, start));
        Advise(start, 0, TestMachine.Pages, Advice.DontNeed);
        Register(start, UserfaultfdModes.Minor);
        Assert.Equal("512 UserfaultfdMinor", EntryRuns.Reads(Process, start, TestMachine.Pages));
    }

    [Fact]
    public void An_exclusive_huge_page_is_written_in_place_despite_other_references()
    {
        ulong start = MapHuge();
        Assert.True(Process.TryPin(start, out PinnedPage? pin).IsDone);
        Done(Process.Mprotect(start, Huge, Protection.Read));
        Done(Process.Mprotect(start, Huge, Protection.ReadWrite));
        Assert.True(Process.Write(start, TestMachine.Content(0)).IsDone && Process.IsHuge(start));
        Done(Fork().Exit());
        Assert.True(Process.Write(start, TestMachine.Content(0)).IsDone);
        Assert.False(Process.IsHuge(start));
        pin!.Dispose();
        TestMachine.ExpectContent(Process, start);
    }

    [Fact]
    public void A_store_to_a_huge_page_of_shmem_maps_all_of_it()
    {
        (_, ulong start) = MapShmem();
        Done(Collapse(Process, start));
        ulong second = Process.MapFile(Machine.Files[0], 0, Huge);
        EntryRuns.Writes(Process, second + Huge - Page, 1);
        Assert.True(Process.IsHuge(second));
        // Dropping a part of a range keeps its page table.
        Process.Madvise(second, Huge - Page, Advice.DontNeed);
        EntryRuns.Writes(Process, second + 9 * Page, 1);
        Assert.Equal("512 present", Entries(Process, second));
    }
}
