using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Areas are split, merged and moved without changes of their content.</summary>
public sealed class AreaTests : IDisposable
{
    private readonly TestMachine _test = new();

    public void Dispose() => _test.Dispose();

    private SystemCallResult Moved(ulong address, ulong length, ulong newLength, ulong newAddress) =>
        _test.Process.Mremap(address, length, newLength, RemapFlags.MayMove | RemapFlags.Fixed, newAddress);

    [Fact]
    public void Parts_of_an_area_that_no_longer_differ_are_merged()
    {
        ulong start = _test.MapFilled();
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, TestMachine.Page, Advice.NoHugePage));
        Assert.Equal(2, _test.Process.Areas.Count);
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, TestMachine.HugePage, Advice.NoHugePage));
        Assert.Single(_test.Process.Areas);
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, TestMachine.HugePage, Advice.HugePage));
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        TestMachine.ExpectContent(_test.Process, start);
        _test.ExpectSound();
    }

    [Fact]
    public void Adjacent_areas_of_a_file_are_merged_only_if_its_pages_are_consecutive()
    {
        SimulatedFile file = _test.Machine.NewFile(TestMachine.HugePage, isShmem: true);
        ulong start = _test.Process.MapFile(file, 0, TestMachine.Page, Protection.Read);
        _test.Process.MapFile(file, 5, TestMachine.Page, Protection.Read, start + TestMachine.Page);
        _test.Process.MapFile(file, 6, TestMachine.Page, Protection.Read, start + 2 * TestMachine.Page);
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, 3 * TestMachine.Page, Advice.HugePage));
        Assert.Equal([(0u, 1u), (5u, 2u)], _test.Process.Areas.Select(area => (area.FilePage, (uint)((area.End - area.Start) >> 12))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Moved_memory_keeps_its_content_and_can_be_swapped_shared_and_collapsed(bool huge)
    {
        ulong start = _test.MapFilled();
        if (huge)
            Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        ulong target = start + 16 * TestMachine.HugePage;
        Assert.Equal(target, Moved(start, TestMachine.HugePage, TestMachine.HugePage, target).Value);
        Assert.Null(_test.Process.Find(start));
        TestMachine.ExpectContent(_test.Process, target);
        _test.ExpectSound();

        Assert.Equal(SystemCallResult.Done, _test.Process.Fork(out AddressSpace? child));
        Assert.Equal(Errno.None, MadviseCollapse.Run(child!, target, TestMachine.HugePage).Error);
        TestMachine.ExpectContent(child!, target);
        child!.Exit();
        // The reverse map finds moved pages: a poisoned frame is unmapped at its new address.
        uint pfn = _test.Process.EntryAt(target + 7 * TestMachine.Page).Pfn;
        _test.Machine.Poison(pfn, 0);
        Assert.Equal(AccessResult.Done, _test.Machine.MemoryFailure.Handle(pfn));
        Assert.True(_test.Process.EntryAt(target + 7 * TestMachine.Page).IsHwPoison);
        _test.ExpectSound();
    }

    [Fact]
    public void A_move_to_another_length_drops_the_rest_or_adds_absent_pages()
    {
        ulong start = _test.MapFilled();
        ulong target = start + 16 * TestMachine.HugePage + TestMachine.Page;
        Assert.Equal(target, Moved(start, TestMachine.HugePage, 3 * TestMachine.Page, target).Value);
        Assert.Equal(3, _test.Process.AnonymousPages);
        Assert.Equal(start, Moved(target, 3 * TestMachine.Page, TestMachine.HugePage, start).Value);
        TestMachine.ExpectContent(_test.Process, start, page => page < 3);
        _test.ExpectSound();
        Assert.Equal(Errno.EFAULT, Moved(target, TestMachine.Page, TestMachine.Page, start).Error);
        Assert.Equal(Errno.EINVAL, Moved(start, TestMachine.HugePage, TestMachine.HugePage, start + TestMachine.Page).Error);
    }

    [Fact]
    public void Addresses_above_16_TiB_work()
    {
        const ulong High = 40UL << 40;
        _test.Process.Map(TestMachine.HugePage, address: High, advice: Advice.HugePage);
        TestMachine.Fill(_test.Process, High);
        uint pfn = _test.Process.EntryAt(High).Pfn;
        Assert.Equal(AccessResult.Done, _test.Machine.MemoryFailure.Handle(pfn));
        Assert.True(_test.Process.EntryAt(High).IsHwPoison);
        _test.ExpectSound();
    }

    [Fact]
    public void A_peek_changes_nothing()
    {
        var machine = new TestMachine(options: new SimulatedMachineOptions { SwapPages = 8 });
        ulong start = machine.MapFilled(page => page < 4);
        Assert.Equal(SystemCallResult.Done, machine.Process.Madvise(start, TestMachine.Page, Advice.PageOut));
        machine.Machine.Poison(machine.Process.EntryAt(start + TestMachine.Page).Pfn, line: 3);
        Pte[] before = machine.Process.TableAt(start)!.Entries.ToArray();
        var page = new byte[NativeRegion.PageSize];
        Assert.Equal(AccessResult.Done, machine.Process.Peek(start, page));
        Assert.Equal(TestMachine.Content(0), page);
        Assert.Equal(AccessResult.MemoryError, machine.Process.Peek(start + TestMachine.Page, page));
        byte[] lost = TestMachine.Content(1).ToArray();
        lost.AsSpan(3 * 64, 64).Clear();
        Assert.Equal(lost, page);
        Assert.Equal(AccessResult.Done, machine.Process.Peek(start + 9 * TestMachine.Page, page));
        Assert.Equal(new byte[NativeRegion.PageSize], page);
        Assert.Equal(AccessResult.MapError, machine.Process.Peek(start + TestMachine.HugePage, page));
        Assert.True(before.AsSpan().SequenceEqual(machine.Process.TableAt(start)!.Entries));
        machine.ExpectSound();
        machine.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_locked_page_ends_a_collapse(bool file)
    {
        ulong start = file ? _test.MapFile(isShmem: true).Start : _test.MapFilled();
        TestMachine.ExpectContent(_test.Process, start);
        uint pfn = _test.Process.EntryAt(start + 100 * TestMachine.Page).Pfn;
        Assert.True(_test.Machine.TryLockPage(pfn));
        Assert.False(_test.Machine.TryLockPage(pfn));
        MadviseCollapseResult run = MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage);
        Assert.Equal(Errno.EAGAIN, run.Error);
        Assert.Equal(CollapseResult.PageLock, run.LastFailure);
        _test.ExpectSound();
        _test.Machine.UnlockPage(pfn);
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        _test.ExpectSound();
    }

    [Fact]
    public void A_peek_waits_while_a_collapse_has_unlinked_the_page_table()
    {
        ulong start = _test.MapFilled();
        var page = new byte[TestMachine.Page];
        var collapse = new AnonymousCollapse(_test.Process, start);
        while (collapse.NextStep != CollapseStep.Isolate)
            Assert.True(collapse.MoveNext());
        Assert.Equal(AccessResult.Waits(WaitReason.MmapLock), _test.Process.Peek(start, page));
        Assert.Equal(CollapseResult.Succeed, collapse.Run());
        Assert.Equal(AccessResult.Done, _test.Process.Peek(start, page));
        Assert.Equal(TestMachine.Content(0), page);
    }
}
