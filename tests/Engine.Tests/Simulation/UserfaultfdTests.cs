using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>The faults that userfaultfd reports, and the pages that it fills and protects, as on Linux 6.18.</summary>
public sealed class UserfaultfdTests : EntryTests
{
    private const UserfaultfdModes Missing = UserfaultfdModes.Missing, WriteProtect = UserfaultfdModes.WriteProtect, Minor = UserfaultfdModes.Minor;

    [Fact]
    public void A_registration_is_refused_where_the_memory_cannot_be_watched()
    {
        ulong anonymous = MapWritten(1), regular = Process.MapFile(Machine.NewFile(Huge, isShmem: false), 0, Huge, Protection.Read);
        SimulatedFile memfd = Machine.NewFile(Huge, isShmem: true);
        Done(memfd.AddSeals(FileSeals.FutureWrite));
        ulong sealedOff = Process.MapFile(memfd, 0, Huge, Protection.Read), inPrivate = Process.MapFile(memfd, 0, Huge, sharing: MapFlags.Private);
        Userfaultfd userfaultfd = Process.OpenUserfaultfd();
        Refused(Errno.EINVAL, userfaultfd.Register(anonymous, Huge, 0));
        Refused(Errno.EINVAL, userfaultfd.Register(anonymous, 0, Missing));
        Refused(Errno.EINVAL, userfaultfd.Register(anonymous, Huge, Minor));
        Refused(Errno.EINVAL, userfaultfd.Register(regular, Huge, Missing));
        Refused(Errno.EPERM, userfaultfd.Register(sealedOff, Huge, Missing));
        Done(userfaultfd.Register(inPrivate, Huge, Missing | Minor));
        Done(userfaultfd.Register(anonymous, Huge, Missing));
        Refused(Errno.EBUSY, Process.OpenUserfaultfd().Register(anonymous, Huge, Missing));
        Refused(Errno.EINVAL, Process.OpenUserfaultfd().Unregister(anonymous, Huge));
    }

    [Fact]
    public void Pages_are_filled_only_where_some_userfaultfd_is_registered()
    {
        ulong start = MapWritten(0), other = MapWritten(0);
        Register(start, Missing | WriteProtect);
        Userfaultfd second = Process.OpenUserfaultfd();
        Done(second.ZeroPage(start, Page));
        Done(second.WriteProtect(start, Page));
        Refused(Errno.ENOENT, second.ZeroPage(other, Page));
        Refused(Errno.ENOENT, second.Poison(start + Huge - Page, 2 * Page));
        Refused(Errno.ENOENT, second.WriteProtect(other, Page));
        Refused(Errno.EINVAL, second.Continue(start + Page, Page));
    }

    [Fact]
    public void A_copied_page_replaces_markers_and_poison_but_a_page_of_zeros_does_not()
    {
        ulong start = MapWritten(0);
        Userfaultfd userfaultfd = Register(start, Missing | WriteProtect, UserfaultfdFeatures.WriteProtectUnpopulated);
        Done(userfaultfd.WriteProtect(start, 2 * Page));
        Done(userfaultfd.Poison(start + 2 * Page, 2 * Page));
        Advise(start, 4, 2, Advice.GuardInstall);
        for (ulong page = 0; page < 6; page += 2)
        {
            Refused(Errno.EEXIST, userfaultfd.Poison(start + page * Page, Page));
            Refused(Errno.EEXIST, userfaultfd.ZeroPage(start + page * Page, Page));
            Done(userfaultfd.Copy(start + page * Page, TestMachine.Content((int)page)));
            Refused(Errno.EEXIST, userfaultfd.Copy(start + page * Page, TestMachine.Content((int)page)));
        }
        Assert.Equal("1 present, 1 absent+wp, 1 present, 1 poison, 1 present, 1 guard, 2 none", Entries(Process, start, 8));
        Assert.Equal("1 own, 1 UserfaultfdMissing, 1 own, 1 SIGBUS, 1 own, 1 SIGSEGV", EntryRuns.Reads(Process, start, 6));
    }

    [Fact]
    public void Pages_filled_before_an_obstacle_stay_filled()
    {
        ulong start = MapWritten(0);
        Userfaultfd userfaultfd = Register(start, Missing);
        Done(userfaultfd.ZeroPage(start + 3 * Page, Page));
        Refused(Errno.EAGAIN, userfaultfd.Poison(start, 8 * Page));
        Assert.Equal("3 poison, 1 present, 4 none", Entries(Process, start, 8));
    }

    [Fact]
    public void Nothing_is_filled_into_a_huge_page()
    {
        ulong start = MapHuge();
        Userfaultfd userfaultfd = Register(start, Missing);
        Refused(Errno.EEXIST, userfaultfd.Poison(start, Page));
        Assert.True(Process.IsHuge(start));
    }

    [Fact]
    public void A_page_of_a_file_is_missing_if_it_is_not_in_the_page_cache()
    {
        (SimulatedFile file, ulong start) = MapShmem(64);
        Userfaultfd userfaultfd = Register(start, Missing);
        Done(file.PunchHole(9, 1));
        Assert.Equal("9 own, 1 UserfaultfdMissing, 54 own, 2 UserfaultfdMissing", EntryRuns.Reads(Process, start, 66));
        Done(userfaultfd.Poison(start + 9 * Page, Page));
        Refused(Errno.EBUSY, Collapse(Process, start));
        Assert.Equal("9 own, 1 SIGBUS, 54 own, 2 UserfaultfdMissing", EntryRuns.Reads(Process, start, 66));
    }

    [Fact]
    public void A_fault_of_a_page_in_the_page_cache_is_a_minor_fault()
    {
        (SimulatedFile file, ulong start) = MapShmem(4);
        Done(file.Allocate(4, 2));
        Userfaultfd userfaultfd = Register(start, Minor);
        Assert.Equal("6 UserfaultfdMinor, 1 zero", EntryRuns.Reads(Process, start, 7));
        Done(userfaultfd.Continue(start, 5 * Page));
        Assert.Equal("4 own, 1 zero, 1 UserfaultfdMinor", EntryRuns.Reads(Process, start, 6));
        Refused(Errno.EEXIST, userfaultfd.Continue(start, Page));
        Refused(Errno.EFAULT, userfaultfd.Continue(start + 9 * Page, Page));
    }

    [Fact]
    public void A_private_mapping_of_shmem_is_watched_like_a_shared_one_and_filled_like_anonymous_memory()
    {
        (SimulatedFile file, ulong start) = MapShmem(6, isPrivate: true);
        Done(file.PunchHole(0, 4));
        Userfaultfd userfaultfd = Register(start, Missing | Minor | WriteProtect);
        Assert.Equal("4 UserfaultfdMissing, 2 UserfaultfdMinor", EntryRuns.Writes(Process, start, 6));
        Done(userfaultfd.Continue(start + 5 * Page, Page));
        Done(userfaultfd.ZeroPage(start + Page, Page));
        Done(userfaultfd.Copy(start + 2 * Page, TestMachine.Content(2)));
        Assert.True(Process.Write(start + 5 * Page, TestMachine.Content(5)).IsDone);
        Done(userfaultfd.WriteProtect(start, 8 * Page));
        Assert.Equal("1 absent+wp, 2 present+wp, 2 absent+wp, 1 present+wp, 2 absent+wp", Entries(Process, start, 8));
        Assert.True(file.SlotAt(1).IsEmpty && file.SlotAt(2).IsEmpty);
        Advise(start, 0, 8, Advice.DontNeed);
        Assert.Equal("8 absent+wp", Entries(Process, start, 8));
        Done(userfaultfd.Unregister(start, Huge));
        Assert.Equal("8 none", Entries(Process, start, 8));
    }

    [Fact]
    public void Nothing_is_filled_beyond_the_end_of_the_file()
    {
        (SimulatedFile file, ulong start) = MapShmem(8);
        Userfaultfd userfaultfd = Register(start, Missing);
        Done(file.Truncate(8 * Page));
        Refused(Errno.EINVAL, userfaultfd.Continue(start + 9 * Page, Page));
        Refused(Errno.EFAULT, userfaultfd.Copy(start + 9 * Page, TestMachine.Content(9)));
        Refused(Errno.EFAULT, userfaultfd.Poison(start + 9 * Page, Page));
        Refused(Errno.EFAULT, userfaultfd.ZeroPage(start + 9 * Page, Page));
    }

    [Fact]
    public void A_huge_page_is_protected_and_released_as_one_and_in_part_by_page_table_entries()
    {
        ulong start = MapHuge();
        Userfaultfd userfaultfd = Register(start, WriteProtect);
        Done(userfaultfd.WriteProtect(start, Huge));
        Assert.True(Process.IsHuge(start));
        Assert.Equal("512 present+wp", Entries(Process, start));
        Assert.Equal("1 UserfaultfdWriteProtect", EntryRuns.Writes(Process, start, 1));
        Done(Collapse(Process, start));
        Done(userfaultfd.WriteProtect(start, Huge, protect: false));
        Assert.True(Process.Write(start, TestMachine.Content(0)).IsDone && Process.IsHuge(start));
        Done(userfaultfd.WriteProtect(start + 10 * Page, Page));
        Assert.Equal("10 present, 1 present+wp, 501 present", Entries(Process, start));
        Assert.False(Process.IsHuge(start));
    }

    [Fact]
    public void Shmem_is_protected_by_page_table_entries_present_or_not()
    {
        (SimulatedFile file, ulong start) = MapShmem();
        Done(Collapse(Process, start));
        Userfaultfd userfaultfd = Register(start, WriteProtect);
        Done(userfaultfd.WriteProtect(start, 512 * Page));
        Assert.Equal("512 absent+wp", Entries(Process, start));
        EntryRuns.Reads(Process, start, 4);
        Assert.Equal("4 present+wp, 508 absent+wp", Entries(Process, start));
        Done(file.PunchHole(2, 8));
        Assert.Equal("512 absent+wp", Entries(Process, start));
        Done(userfaultfd.WriteProtect(start, 512 * Page, protect: false));
        Assert.Equal("512 none", Entries(Process, start));
    }

    [Fact]
    public void Absent_anonymous_pages_are_protected_only_with_the_feature()
    {
        ulong start = MapWritten(2), other = MapWritten(2);
        Done(Register(start, WriteProtect).WriteProtect(start, 4 * Page));
        Assert.Equal("2 present+wp, 2 none", Entries(Process, start, 4));
        Done(Register(other, WriteProtect, UserfaultfdFeatures.WriteProtectUnpopulated).WriteProtect(other, 4 * Page));
        Assert.Equal("2 present+wp, 2 absent+wp", Entries(Process, other, 4));
        // The page is swapped in first; then the store is reported.
        Assert.Equal("4 UserfaultfdWriteProtect", EntryRuns.Writes(Process, other, 4));
        Assert.Equal("4 present+wp", Entries(Process, other, 4));
    }

    [Fact]
    public void A_protection_that_the_registration_no_longer_covers_is_not_reported()
    {
        (_, ulong start) = MapShmem(4);
        EntryRuns.Reads(Process, start, 2);
        Userfaultfd userfaultfd = Register(start, WriteProtect);
        Done(userfaultfd.WriteProtect(start, 8 * Page));
        Done(userfaultfd.Register(start, Huge, Minor));
        Done(userfaultfd.Register(start, Huge, Missing));
        Assert.Equal("4 present+wp, 4 absent+wp", Entries(Process, start, 8));
        Assert.Equal("4 ok, 4 UserfaultfdMissing", EntryRuns.Writes(Process, start, 8));
    }

    [Fact]
    public void The_protection_of_a_page_goes_to_swap_and_back_and_refuses_a_collapse()
    {
        ulong start = MapWritten();
        Advise(start, 0, 8, Advice.PageOut);
        Userfaultfd userfaultfd = Register(start, WriteProtect);
        Done(userfaultfd.WriteProtect(start, 4 * Page));
        Assert.Equal("4 swap+wp, 4 swap, 504 present", Entries(Process, start));
        Refused(Errno.EINVAL, Collapse(Process, start));
        Assert.Equal("1 UserfaultfdWriteProtect", EntryRuns.Writes(Process, start, 1));
        Assert.Equal("1 present+wp, 3 swap+wp, 4 swap", Entries(Process, start, 8));
        Done(userfaultfd.WriteProtect(start + 20 * Page, 4 * Page));
        Advise(start, 16, 16, Advice.PageOut);
        Assert.Equal("4 swap, 4 swap+wp, 8 swap", Entries(Process, start + 16 * Page, 16));
        Done(userfaultfd.Unregister(start, Huge));
        Done(Collapse(Process, start));
        TestMachine.ExpectContent(Process, start);
    }

    [Fact]
    public void A_store_to_protected_shmem_that_is_in_swap_is_reported_after_the_page_is_back()
    {
        (_, ulong start) = MapShmem(4);
        EntryRuns.Reads(Process, start, 4);
        Done(Register(start, WriteProtect).WriteProtect(start, 4 * Page));
        Advise(start, 0, 4, Advice.PageOut);
        Assert.Equal("4 absent+wp", Entries(Process, start, 4));
        Assert.Equal("4 UserfaultfdWriteProtect", EntryRuns.Writes(Process, start, 4));
        Assert.Equal("4 present+wp", Entries(Process, start, 4));
    }

    [Fact]
    public void A_fault_under_write_protection_may_still_map_a_huge_page()
    {
        ulong start = Process.Map(Huge, advice: Advice.HugePage);
        Register(start, WriteProtect);
        Assert.True(Process.Write(start, [1]).IsDone && Process.IsHuge(start));
    }
}
