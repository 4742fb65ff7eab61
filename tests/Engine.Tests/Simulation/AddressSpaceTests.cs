using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Calls on memory with huge pages, markers or locks behave as in the kernel.</summary>
public sealed class AddressSpaceTests : IDisposable
{
    private readonly TestMachine _test = new(options: new SimulatedMachineOptions { HugePagesAtFault = true, SwapPages = 512 });

    public void Dispose()
    {
        _test.ExpectSound();
        _test.Dispose();
    }

    [Fact]
    public void A_load_maps_the_huge_zero_page_without_a_charge()
    {
        ulong start = MapHuge();
        Assert.Equal(new byte[4096], TestMachine.Read(_test.Process, start + 5 * TestMachine.Page));
        Assert.True(_test.Process.IsHuge(start));
        Assert.Equal((0, 0), (_test.Process.AnonymousPages, _test.Machine.RootCgroup.ChargedPages));
    }

    [Fact]
    public void A_fork_shares_the_huge_zero_page()
    {
        ulong start = MapHuge();
        TestMachine.Read(_test.Process, start);
        Assert.Equal(SystemCallResult.Done, _test.Process.Fork(out AddressSpace? child));
        Assert.True(child!.IsHuge(start));
        Assert.Equal(AccessResult.Done, child.Write(start, [1]));
        Assert.True(_test.Process.IsHuge(start));
        Assert.Equal(new byte[4096], TestMachine.Read(_test.Process, start));
    }

    [Fact]
    public void A_change_of_protection_leaves_a_huge_page_huge()
    {
        ulong start = _test.MapFilled();
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        Assert.Equal(SystemCallResult.Done, _test.Process.Mprotect(start, TestMachine.HugePage, Protection.Read));
        Assert.True(_test.Process.IsHuge(start));
        Assert.Equal(AccessResult.AccessError, _test.Process.Write(start, [1]));
        TestMachine.ExpectContent(_test.Process, start);
    }

    [Fact]
    public void Locked_memory_is_not_reclaimed()
    {
        ulong start = MapSmall();
        Assert.Equal(SystemCallResult.Done, _test.Process.Mlock(start, TestMachine.HugePage));
        Assert.Equal(Errno.EINVAL, _test.Process.Madvise(start, TestMachine.HugePage, Advice.PageOut).Error);
        Assert.False(Reclaim.TryReclaimOne(_test.Machine, anonymous: true));
        Assert.Equal(0, _test.Process.SwapEntries);
        Assert.Equal(SystemCallResult.Done, _test.Process.Munlock(start, TestMachine.HugePage));
        _test.Process.Madvise(start, TestMachine.HugePage, Advice.PageOut);
        Assert.Equal(512, _test.Process.SwapEntries);
    }

    [Fact]
    public void Locking_copies_pages_that_a_fork_shares_and_populates_absent_ones()
    {
        ulong start = _test.Process.Map(TestMachine.HugePage);
        TestMachine.Fill(_test.Process, start, page => page < 8);
        Assert.Equal(SystemCallResult.Done, _test.Process.Fork(out AddressSpace? child));
        uint shared = child!.EntryAt(start).Pfn;
        Assert.Equal(SystemCallResult.Done, child.Mlock(start, 16 * TestMachine.Page));
        Assert.NotEqual(shared, child.EntryAt(start).Pfn);
        Assert.Equal(16, child.AnonymousPages);
        TestMachine.ExpectContent(child, start, page => page < 8);
    }

    [Fact]
    public void Unregistering_removes_write_protection()
    {
        ulong start = MapSmall();
        Userfaultfd watcher = _test.Process.OpenUserfaultfd(UserfaultfdFeatures.WriteProtectUnpopulated);
        Assert.Equal(SystemCallResult.Done, watcher.Register(start, TestMachine.HugePage, UserfaultfdModes.WriteProtect));
        _test.Process.Madvise(start, TestMachine.Page, Advice.DontNeed);
        Assert.Equal(SystemCallResult.Done, watcher.WriteProtect(start, 2 * TestMachine.Page));
        Assert.Equal(AccessResult.Waits(WaitReason.UserfaultfdWriteProtect), _test.Process.Write(start + TestMachine.Page, [1]));
        Assert.Equal(SystemCallResult.Done, watcher.Unregister(start, TestMachine.HugePage));
        Assert.True(_test.Process.EntryAt(start).IsNone);
        Assert.Equal(AccessResult.Done, _test.Process.Write(start + TestMachine.Page, [1]));
    }

    [Fact]
    public void A_collapse_of_a_file_is_charged_to_the_process_that_maps_it()
    {
        MemoryCgroup owner = _test.Machine.NewCgroup(), full = _test.Machine.NewCgroup();
        SimulatedFile file = _test.Machine.NewFile(TestMachine.HugePage, isShmem: true, owner);
        Assert.True(file.Write(0, TestMachine.Content(0)).IsDone);
        AddressSpace process = _test.Machine.NewProcess(full);
        ulong start = process.MapFile(file, 0, TestMachine.HugePage);
        full.LimitPages = 511;
        MadviseCollapseResult run = MadviseCollapse.Run(process, start, TestMachine.HugePage);
        Assert.Equal(Errno.EBUSY, run.Error);
        Assert.Equal(CollapseResult.CgroupChargeFail, run.LastFailure);
        full.LimitPages = 512;
        Assert.Equal(Errno.None, MadviseCollapse.Run(process, start, TestMachine.HugePage).Error);
        Assert.Equal((0, 512), (owner.ChargedPages, full.ChargedPages));
    }

    private ulong MapHuge() => _test.Process.Map(TestMachine.HugePage, advice: Advice.HugePage);

    private ulong MapSmall()
    {
        ulong start = _test.Process.Map(TestMachine.HugePage);
        TestMachine.Fill(_test.Process, start);
        return start;
    }
}
