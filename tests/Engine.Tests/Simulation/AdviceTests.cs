using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>The effect of each advice of madvise(2) on each kind of entry, as on Linux 6.18.</summary>
public sealed class AdviceTests : EntryTests
{
    /// <summary>Pages in pairs: present, zero page, swap, poison, guard, write-protection marker, none.</summary>
    private const string AllKinds = "2 present, 2 present, 2 swap, 2 poison, 2 guard, 2 absent+wp, 2 none";

    [Theory]
    [InlineData(Advice.DontNeed, "8 none, 2 guard, 4 none")]
    [InlineData(Advice.DontNeedLocked, "8 none, 2 guard, 4 none")]
    [InlineData(Advice.Free, "4 present, 4 none, 2 guard, 2 absent+wp, 2 none")]
    [InlineData(Advice.Cold, "4 present, 2 swap, 2 poison, 2 guard, 2 absent+wp, 2 none")]
    [InlineData(Advice.WillNeed, "4 present, 2 swap, 2 poison, 2 guard, 2 absent+wp, 2 none")]
    [InlineData(Advice.PageOut, "2 swap, 2 present, 2 swap, 2 poison, 2 guard, 2 absent+wp, 2 none")]
    [InlineData(Advice.GuardInstall, "14 guard")]
    [InlineData(Advice.GuardRemove, "4 present, 2 swap, 2 poison, 2 none, 2 absent+wp, 2 none")]
    public void Every_kind_of_entry_of_anonymous_memory(Advice advice, string expected)
    {
        ulong start = MapAllKinds();
        Advise(start, 0, 14, advice);
        Assert.Equal(expected, Entries(Process, start, 14));
    }

    [Theory]
    [InlineData(Advice.PopulateRead, 6, Errno.None)]
    [InlineData(Advice.PopulateRead, 7, Errno.EHWPOISON)]
    [InlineData(Advice.PopulateWrite, 8, Errno.EHWPOISON)]
    public void Populating_stops_at_poison(Advice advice, int pages, Errno expected)
    {
        ulong start = MapAllKinds();
        Refused(expected, Process.Madvise(start, (ulong)pages * Page, advice));
        Assert.Equal("6 present, 2 poison", Entries(Process, start, 8));
    }

    [Fact]
    public void Locking_poisoned_memory_is_ENOMEM()
    {
        ulong start = MapAllKinds();
        Refused(Errno.ENOMEM, Process.Mlock(start + 6 * Page, Page));
    }

    [Fact]
    public void Populating_stops_at_a_guard()
    {
        ulong start = MapAllKinds();
        Refused(Errno.EFAULT, Process.Madvise(start + 8 * Page, Page, Advice.PopulateRead));
    }

    [Fact]
    public void Populating_waits_for_userfaultfd()
    {
        ulong start = MapWritten(4);
        Register(start, UserfaultfdModes.Missing);
        Assert.Equal(WaitReason.UserfaultfdMissing, Process.Madvise(start, 8 * Page, Advice.PopulateRead).WaitsFor);
    }

    [Theory]
    [InlineData(Advice.DontNeed)]
    [InlineData(Advice.Free)]
    [InlineData(Advice.Cold)]
    [InlineData(Advice.PageOut)]
    [InlineData(Advice.GuardInstall)]
    public void Locked_memory_refuses(Advice advice)
    {
        ulong start = MapWritten(4);
        Done(Process.Mlock(start, 4 * Page));
        Refused(Errno.EINVAL, Process.Madvise(start, 4 * Page, advice));
        Assert.Equal("4 present", Entries(Process, start, 4));
        Advise(start, 0, 4, Advice.DontNeedLocked);
        Assert.Equal("4 none", Entries(Process, start, 4));
    }

    [Fact]
    public void Lazily_freed_pages_that_were_not_written_are_dropped_and_read_as_zeros()
    {
        ulong start = MapWritten(4);
        Advise(start, 0, 4, Advice.Free);
        Assert.Equal("4 own", EntryRuns.Reads(Process, start, 4));
        Assert.True(Process.Write(start + Page, TestMachine.Content(1)).IsDone);
        Advise(start, 0, 4, Advice.PageOut);
        Assert.Equal("1 none, 1 present, 2 none", Entries(Process, start, 4));
        Assert.Equal("1 zero, 1 own, 2 zero", EntryRuns.Reads(Process, start, 4));
    }

    [Fact]
    public void Droppable_pages_are_dropped_even_after_a_store_and_never_swapped()
    {
        ulong start = Process.Mmap(Huge, flags: MapFlags.Droppable).Value;
        TestMachine.Fill(Process, start);
        Advise(start, 0, 4, Advice.PageOut);
        Assert.Equal("4 none, 508 present", Entries(Process, start));
        Assert.Equal("4 zero", EntryRuns.Reads(Process, start, 4));
        Done(Collapse(Process, start));
        Advise(start, 0, TestMachine.Pages, Advice.PageOut);
        Assert.Equal("512 none", Entries(Process, start));
        Assert.Equal(0, Machine.Counters.PSwpOut);
    }

    [Theory]
    [InlineData(Protection.Read, Errno.EPERM)]
    [InlineData(Protection.None, Errno.EPERM)]
    [InlineData(Protection.ReadWrite, Errno.None)]
    public void What_a_sealed_area_holds_may_be_lost_only_by_those_who_may_write_to_it(Protection protection, Errno expected)
    {
        ulong start = MapWritten();
        Done(Process.Mprotect(start, Huge, protection));
        Done(Process.Mseal(start, Huge));
        foreach (Advice advice in (Advice[])[Advice.Free, Advice.DontNeed, Advice.DontNeedLocked, Advice.GuardInstall, Advice.DontFork, Advice.WipeOnFork])
            Assert.Equal((advice, expected), (advice, Process.Madvise(start, Page, advice).Error));
        foreach (Advice advice in (Advice[])[Advice.DoFork, Advice.KeepOnFork, Advice.Cold, Advice.HugePage, Advice.GuardRemove])
            Assert.Equal((advice, Errno.None), (advice, Process.Madvise(start, Page, advice).Error));
        Assert.Equal(expected == Errno.None ? Errno.EINVAL : expected, Process.Madvise(start, Page, Advice.Remove).Error);
    }

    [Fact]
    public void Pages_that_a_child_maps_too_are_freed_lazily_and_stay_until_the_child_ends()
    {
        ulong start = MapWritten(4);
        AddressSpace child = Fork();
        Advise(start, 0, 4, Advice.Free);
        Advise(start, 0, 4, Advice.PageOut);
        Assert.Equal("4 own", EntryRuns.Reads(child, start, 4));
        Done(child.Exit());
        Advise(start, 0, 4, Advice.PageOut);
        Assert.Equal("4 none", Entries(Process, start, 4));
    }

    [Theory]
    [InlineData(Advice.Cold)]
    [InlineData(Advice.PageOut)]
    public void Pages_that_other_processes_map_are_skipped(Advice advice)
    {
        ulong start = MapWritten(4);
        (_, ulong shared) = MapShmem(4);
        EntryRuns.Reads(Process, shared, 4);
        AddressSpace child = Fork();
        EntryRuns.Reads(child, shared, 4);
        Advise(start, 0, 4, advice);
        Advise(shared, 0, 4, advice);
        foreach (ulong at in (ulong[])[start, shared])
            Assert.True(Process.EntryAt(at) is { IsPresent: true, IsYoung: true });
    }

    [Fact]
    public void A_whole_huge_page_is_advised_without_splitting_it()
    {
        ulong start = MapHuge();
        Advise(start, 0, TestMachine.Pages, Advice.Cold);
        Assert.True(Process.IsHuge(start) && !Process.EntryAt(start).IsYoung);
        Advise(start, 0, TestMachine.Pages, Advice.Free);
        Assert.True(Process.IsHuge(start) && !Process.EntryAt(start).IsDirty);
        Assert.False(Process.FolioAt(start)!.Value.Flags.HasFlag(PageFlags.SwapBacked));
        Advise(start, 0, TestMachine.Pages, Advice.PageOut);
        Assert.Equal("512 none", Entries(Process, start));
        // The deposited page table is freed with it.
        Refused(Errno.EINVAL, Collapse(Process, start));
    }

    [Theory]
    [InlineData(Advice.Free)]
    [InlineData(Advice.Cold)]
    [InlineData(Advice.PageOut)]
    public void A_huge_page_that_other_processes_map_is_not_split(Advice advice)
    {
        ulong start = MapHuge();
        AddressSpace child = Fork();
        Advise(start, 3, 1, advice);
        Advise(start, 0, TestMachine.Pages, advice);
        Assert.True(Process.IsHuge(start) && child.IsHuge(start));
        Assert.True(Process.EntryAt(start) is { IsYoung: true, IsDirty: true });
    }

    [Theory]
    [InlineData(Advice.Free, "512 present")]
    [InlineData(Advice.Cold, "512 present")]
    [InlineData(Advice.PageOut, "2 present, 4 swap, 506 present")]
    public void Advice_for_a_part_of_a_huge_page_splits_it_and_its_pages_of_zeros_become_the_zero_page(Advice advice, string expected)
    {
        ulong start = MapHuge(pages: 8);
        Advise(start, 2, 4, advice);
        Assert.Equal(expected, Entries(Process, start));
        Assert.Equal(advice == Advice.PageOut ? 4 : 8, Process.AnonymousPages);
        TestMachine.ExpectContent(Process, start, page => page < 8);
        Assert.Equal(0, Process.FolioAt(start)!.Value.Order);
    }

    [Fact]
    public void Advice_for_a_part_of_a_pinned_huge_page_does_not_split_it()
    {
        ulong start = MapHuge();
        Assert.True(Process.TryPin(start, out PinnedPage? pin).IsDone);
        Advise(start, 2, 4, Advice.PageOut);
        Advise(start, 2, 4, Advice.Free);
        Assert.True(Process.IsHuge(start));
        pin!.Dispose();
    }

    [Fact]
    public void A_huge_page_goes_to_swap_page_by_page_and_its_pages_of_zeros_become_the_zero_page()
    {
        ulong start = MapHuge(pages: 8);
        Advise(start, 0, TestMachine.Pages, Advice.PageOut);
        Assert.Equal("8 swap, 504 present", Entries(Process, start));
        Assert.Equal((0, 8), (Process.AnonymousPages, Process.SwapEntries));
        TestMachine.ExpectContent(Process, start, page => page < 8);
    }

    [Fact]
    public void Dropping_a_part_of_a_huge_page_splits_its_mapping_and_not_the_folio()
    {
        ulong start = MapHuge();
        Advise(start, 3, 1, Advice.DontNeed);
        Assert.Equal("3 present, 1 none, 508 present", Entries(Process, start));
        Assert.Equal(9, Process.FolioAt(start)!.Value.Order);
    }

    [Fact]
    public void Advice_for_a_part_of_a_huge_page_mapped_by_a_page_table_splits_the_folio()
    {
        ulong start = MapHuge();
        Process.SplitHugeMapping(start);
        Advise(start, 0, TestMachine.Pages, Advice.Cold);
        Assert.Equal(9, Process.FolioAt(start)!.Value.Order);
        Advise(start, 0, 5, Advice.Cold);
        Assert.Equal(0, Process.FolioAt(start)!.Value.Order);
    }

    [Fact]
    public void Shmem_that_no_other_process_maps_goes_to_swap_and_its_entries_are_none()
    {
        (SimulatedFile file, ulong start) = MapShmem(8);
        EntryRuns.Reads(Process, start, 8);
        Advise(start, 2, 4, Advice.PageOut);
        Assert.Equal("2 present, 4 none, 2 present", Entries(Process, start, 8));
        Assert.True(file.SlotAt(2).IsSwap && !file.SlotAt(6).IsSwap);
        Assert.Equal("8 own", EntryRuns.Reads(Process, start, 8));
    }

    [Fact]
    public void Shmem_that_was_only_read_is_dropped_and_is_a_hole_again()
    {
        (SimulatedFile file, ulong start) = MapShmem(2);
        EntryRuns.Reads(Process, start, 4);
        EntryRuns.Writes(Process, start + 4 * Page, 1);
        Advise(start, 0, 5, Advice.PageOut);
        Assert.True(file.SlotAt(0).IsSwap && file.SlotAt(2).IsEmpty && file.SlotAt(3).IsEmpty && file.SlotAt(4).IsSwap);
        Assert.Equal("2 own, 2 zero, 1 other", EntryRuns.Reads(Process, start, 5));
    }

    [Theory]
    [InlineData(PinKind.Io)]
    [InlineData(PinKind.Reference)]
    public void A_pinned_page_of_shmem_is_unmapped_and_stays_in_memory(PinKind kind)
    {
        (SimulatedFile file, ulong start) = MapShmem(4);
        Assert.True(Process.TryPin(start + Page, out PinnedPage? pin, kind).IsDone);
        Advise(start, 0, 4, Advice.PageOut);
        Assert.Equal("4 none", Entries(Process, start, 4));
        Assert.Equal(pin!.Pfn, file.SlotAt(1).Pfn);
        Assert.True(file.SlotAt(1).IsPage);
        Assert.Equal("4 own", EntryRuns.Reads(Process, start, 4));
    }

    [Fact]
    public void Only_shared_memory_of_a_file_is_removed_and_poison_and_guards_stay()
    {
        ulong anonymous = MapWritten(1);
        Refused(Errno.EINVAL, Process.Madvise(anonymous, Page, Advice.Remove));
        (_, ulong inPrivate) = MapShmem(8, isPrivate: true);
        Refused(Errno.EACCES, Process.Madvise(inPrivate, Page, Advice.Remove));
        (SimulatedFile file, ulong start) = MapShmem(4);
        Done(Register(start, UserfaultfdModes.Missing).Poison(start + 4 * Page, Page));
        Advise(start, 6, 1, Advice.GuardInstall);
        EntryRuns.Reads(Process, start, 4);
        Advise(start, 0, 8, Advice.Remove);
        Assert.Equal("4 none, 1 poison, 1 none, 1 guard, 1 none", Entries(Process, start, 8));
        Assert.True(file.SlotAt(0).IsEmpty);
        Advise(start, 0, 8, Advice.DontNeed);
        Assert.Equal("6 none, 1 guard, 1 none", Entries(Process, start, 8));
    }

    [Fact]
    public void Memory_of_a_file_is_not_freed_lazily()
    {
        (_, ulong start) = MapShmem(1);
        Refused(Errno.EINVAL, Process.Madvise(start, Page, Advice.Free));
    }

    private ulong MapAllKinds()
    {
        ulong start = MapWritten(2);
        TestMachine.Fill(Process, start, page => page is 4 or 5);
        Advise(start, 4, 2, Advice.PageOut);
        EntryRuns.Reads(Process, start + 2 * Page, 2);
        Userfaultfd userfaultfd = Register(start, UserfaultfdModes.Missing | UserfaultfdModes.WriteProtect, UserfaultfdFeatures.WriteProtectUnpopulated);
        Done(userfaultfd.Poison(start + 6 * Page, 2 * Page));
        Done(userfaultfd.WriteProtect(start + 10 * Page, 2 * Page));
        Advise(start, 8, 2, Advice.GuardInstall);
        Assert.Equal(AllKinds.Replace("2 present, 2 present", "4 present", StringComparison.Ordinal), Entries(Process, start, 14));
        return start;
    }
}
