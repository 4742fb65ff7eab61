using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>The entries that fork(2) copies, as on Linux 6.18.</summary>
public sealed class ForkTests : EntryTests
{
    [Fact]
    public void Poison_is_copied_and_its_page_is_never_read()
    {
        ulong start = MapWritten();
        Advise(start, 256, 1, Advice.DontNeed);
        Userfaultfd userfaultfd = Register(start, UserfaultfdModes.Missing);
        Done(userfaultfd.Poison(start + 256 * Page, Page));
        Done(userfaultfd.Unregister(start, Huge));
        AddressSpace child = Fork();
        Assert.Equal("256 present, 1 poison, 255 present", Entries(child, start));
        Refused(Errno.EINVAL, Collapse(child, start));
        Assert.Equal("256 own, 1 SIGBUS, 255 own", EntryRuns.Reads(child, start, TestMachine.Pages));
    }

    [Fact]
    public void Poison_of_shared_memory_is_copied_only_with_guards()
    {
        ulong start = Process.Mmap(Huge, flags: MapFlags.Shared).Value;
        Userfaultfd userfaultfd = Register(start, UserfaultfdModes.Missing);
        Done(userfaultfd.Poison(start + 3 * Page, Page));
        Done(userfaultfd.Unregister(start, Huge));
        Assert.Equal("8 none", Entries(Fork(), start, 8));
        Advise(start, 5, 1, Advice.GuardInstall);
        Assert.Equal("3 none, 1 poison, 1 none, 1 guard, 2 none", Entries(Fork(), start, 8));
    }

    [Theory]
    [InlineData(UserfaultfdFeatures.None, "4 present, 4 swap, 2 none, 2 present")]
    [InlineData(UserfaultfdFeatures.EventFork, "2 present+wp, 2 present, 2 swap+wp, 2 swap, 2 absent+wp, 2 present")]
    public void Write_protection_is_copied_only_with_the_registration(UserfaultfdFeatures feature, string expected)
    {
        ulong start = MapWritten();
        Advise(start, 4, 4, Advice.PageOut);
        Advise(start, 8, 2, Advice.DontNeed);
        Userfaultfd userfaultfd = Register(start, UserfaultfdModes.WriteProtect, feature | UserfaultfdFeatures.WriteProtectUnpopulated);
        foreach (ulong page in (ulong[])[0, 4, 8])
            Done(userfaultfd.WriteProtect(start + page * Page, 2 * Page));
        AddressSpace child = Fork();
        Assert.Equal(expected, Entries(child, start, 12));
        Assert.Equal("2 present+wp, 2 present, 2 swap+wp, 2 swap, 2 absent+wp, 2 present", Entries(Process, start, 12));
        Assert.Equal(feature == UserfaultfdFeatures.None, child.Write(start, [1]).IsDone);
    }

    [Theory]
    [InlineData(UserfaultfdFeatures.None)]
    [InlineData(UserfaultfdFeatures.EventFork)]
    public void A_huge_page_is_copied_as_one_with_its_protection(UserfaultfdFeatures feature)
    {
        ulong start = MapHuge();
        Userfaultfd userfaultfd = Register(start, UserfaultfdModes.WriteProtect, feature);
        Done(userfaultfd.WriteProtect(start, Huge));
        AddressSpace child = Fork();
        Assert.True(child.IsHuge(start) && Process.IsHuge(start));
        Assert.Equal(feature == UserfaultfdFeatures.None ? "512 present" : "512 present+wp", Entries(child, start));
    }

    [Theory]
    [InlineData(PinKind.Io, true)]
    [InlineData(PinKind.Reference, false)]
    public void A_page_pinned_for_IO_is_copied_at_once(PinKind kind, bool copied)
    {
        ulong start = MapWritten();
        Assert.True(Process.TryPin(start + 7 * Page, out PinnedPage? pin, kind).IsDone);
        AddressSpace child = Fork();
        Assert.Equal(copied, child.EntryAt(start + 7 * Page).Pfn != pin!.Pfn);
        Assert.Equal(child.EntryAt(start + 8 * Page).Pfn, Process.EntryAt(start + 8 * Page).Pfn);
        Refused(copied ? Errno.None : Errno.EAGAIN, Collapse(child, start));
        TestMachine.ExpectContent(child, start);
    }

    [Fact]
    public void A_huge_page_pinned_for_IO_is_split_and_copied_page_by_page()
    {
        ulong start = MapHuge();
        Assert.True(Process.TryPin(start + 7 * Page, out _, PinKind.Io).IsDone);
        AddressSpace child = Fork();
        Assert.False(Process.IsHuge(start) || child.IsHuge(start));
        for (ulong page = 0; page < TestMachine.Pages; page++)
            Assert.NotEqual(Process.EntryAt(start + page * Page).Pfn, child.EntryAt(start + page * Page).Pfn);
        TestMachine.ExpectContent(child, start);
    }

    [Fact]
    public void A_poisoned_page_that_is_pinned_for_IO_fails_the_fork()
    {
        ulong start = MapWritten(4);
        Assert.True(Process.TryPin(start, out PinnedPage? pin, PinKind.Io).IsDone);
        Machine.Poison(pin!.Pfn, line: 3);
        Refused(Errno.ENOMEM, Process.Fork(out AddressSpace? child));
        Assert.Null(child);
        Assert.Single(Machine.Processes);
    }

    [Fact]
    public void An_empty_page_table_is_copied_too_and_so_the_range_collapses()
    {
        ulong start = MapWritten(1);
        Advise(start, 0, 1, Advice.DontNeed);
        Done(Collapse(Fork(), start));
    }

    [Fact]
    public void The_pages_of_the_child_are_old()
    {
        ulong start = MapWritten(1), huge = MapHuge();
        AddressSpace child = Fork();
        Assert.False(child.EntryAt(start).IsYoung || child.EntryAt(huge).IsYoung);
        Assert.True(Process.EntryAt(start).IsYoung && Process.EntryAt(huge).IsYoung);
    }

    [Fact]
    public void Anonymous_memory_that_was_only_read_is_copied_after_a_refused_fill()
    {
        ulong start = Process.Map(Huge);
        EntryRuns.Reads(Process, start, 4);
        Refused(Errno.ENOENT, Process.OpenUserfaultfd().ZeroPage(start, Page));
        Assert.Equal("4 present", Entries(Fork(), start, 4));
    }

    [Fact]
    public void Anonymous_memory_that_was_only_read_is_not_copied()
    {
        ulong start = Process.Map(Huge);
        EntryRuns.Reads(Process, start, 4);
        Assert.Equal("4 none", Entries(Fork(), start, 4));
    }
}
