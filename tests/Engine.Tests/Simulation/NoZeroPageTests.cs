using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>A kernel that maps no zero page; all of this was seen on Linux 6.18 booted with <c>pvm_no_zero_page</c>.</summary>
public sealed class NoZeroPageTests : IDisposable
{
    private readonly TestMachine _machine = new(options: new SimulatedMachineOptions { UseZeroPage = false, HugePagesAtFault = true });

    private AddressSpace Process => _machine.Process;

    public void Dispose()
    {
        _machine.ExpectSound();
        _machine.Dispose();
    }

    [Fact]
    public void A_load_gets_a_page_of_its_own_which_fork_copies_and_a_collapse_takes()
    {
        ulong start = Process.Map(TestMachine.HugePage);
        Load(start, TestMachine.Pages);
        Assert.Equal(TestMachine.Pages, Process.AnonymousPages);
        Assert.True(Process.EntryAt(start) is { IsWritable: true, IsDirty: true });
        Assert.True(Process.Fork(out AddressSpace? child).IsDone);
        Assert.True(child!.EntryAt(start).IsPresent);
        Assert.True(child.Exit().IsDone);
        Assert.Equal(SystemCallResult.Done, Process.Madvise(start, TestMachine.HugePage, Advice.Collapse));
    }

    [Fact]
    public void A_load_from_read_only_memory_gets_a_page_that_cannot_be_written()
    {
        ulong start = Process.Map(TestMachine.HugePage);
        Assert.True(Process.Mprotect(start, TestMachine.HugePage, Protection.Read).IsDone);
        Load(start, 1);
        Assert.True(Process.EntryAt(start) is { IsPresent: true, IsWritable: false, IsDirty: false });
        Assert.Equal(1, Process.AnonymousPages);
    }

    [Theory]
    [InlineData(Protection.ReadWrite)]
    [InlineData(Protection.Read)]
    public void A_load_from_advised_memory_gets_a_huge_page(Protection protection)
    {
        ulong start = Process.Map(TestMachine.HugePage, advice: Advice.HugePage);
        Assert.True(Process.Mprotect(start, TestMachine.HugePage, protection).IsDone);
        Load(start, 1);
        Assert.True(Process.IsHuge(start));
        Assert.Equal(TestMachine.Pages, Process.AnonymousPages);
        Assert.Equal(protection == Protection.ReadWrite, Process.EntryAt(start).IsWritable);
        // Even on this kernel, a split maps the zero page.
        Assert.True(Process.Madvise(start + 2 * TestMachine.Page, TestMachine.Page, Advice.Cold).IsDone);
        Assert.Equal(0, Process.AnonymousPages);
    }

    [Fact]
    public void Userfaultfd_fills_with_a_page_of_zeros_but_not_over_poison()
    {
        ulong start = Process.Map(TestMachine.HugePage);
        Userfaultfd userfaultfd = Process.OpenUserfaultfd(isUserModeOnly: true);
        Assert.True(userfaultfd.Register(start, TestMachine.HugePage, UserfaultfdModes.Missing).IsDone);
        Assert.True(userfaultfd.Poison(start, TestMachine.Page).IsDone);
        Assert.Equal((SystemCallResult)Errno.EEXIST, userfaultfd.ZeroPage(start, TestMachine.Page));
        Assert.True(userfaultfd.ZeroPage(start + TestMachine.Page, 2 * TestMachine.Page).IsDone);
        Assert.Equal(2, Process.AnonymousPages);
        Assert.True(Process.EntryAt(start + TestMachine.Page).IsWritable);
        Load(start + TestMachine.Page, 2);
    }

    private void Load(ulong start, int pages)
    {
        Span<byte> one = stackalloc byte[1];
        for (int i = 0; i < pages; i++)
        {
            Assert.True(Process.Read(start + (ulong)i * TestMachine.Page, one).IsDone);
            Assert.Equal(0, one[0]);
        }
    }
}
