using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Areas are split, joined and moved, and what they map stays what it is.</summary>
public sealed class AreaTests : IDisposable
{
    private readonly TestMachine _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Parts_that_differ_in_nothing_any_more_are_one_area_again()
    {
        ulong start = _test.MapFilled();
        Assert.Equal(AccessResult.Done, _test.Process.SetFlags(start, TestMachine.Page, VmaFlags.NoHugePage, VmaFlags.HugePage));
        Assert.Equal(2, _test.Process.Areas.Count);
        Assert.Equal(AccessResult.Done, _test.Process.SetFlags(start, TestMachine.HugePage, VmaFlags.NoHugePage, VmaFlags.HugePage));
        Assert.Single(_test.Process.Areas);
        Assert.Equal(AccessResult.Done, _test.Process.SetFlags(start, TestMachine.HugePage, VmaFlags.HugePage, VmaFlags.NoHugePage));
        Assert.Equal(0, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage, out _));
        TestMachine.ExpectContent(_test.Process, start);
        _test.ExpectSound();
    }

    [Fact]
    public void Neighbours_of_a_file_are_joined_only_if_its_pages_follow_each_other()
    {
        SimulatedFile file = _test.Machine.NewFile(TestMachine.HugePage, isShmem: true);
        const VmaFlags Flags = VmaFlags.Read | VmaFlags.Shared;
        ulong start = _test.Process.MapFile(file, 0, TestMachine.Page, Flags);
        _test.Process.MapFile(file, 5, TestMachine.Page, Flags, start + TestMachine.Page);
        _test.Process.MapFile(file, 6, TestMachine.Page, Flags, start + 2 * TestMachine.Page);
        Assert.Equal(AccessResult.Done, _test.Process.SetFlags(start, 3 * TestMachine.Page, VmaFlags.HugePage));
        Assert.Equal([(0u, 1u), (5u, 2u)], _test.Process.Areas.Select(area => (area.FilePage, (uint)((area.End - area.Start) >> 12))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_moved_keeps_its_content_and_can_be_swapped_shared_and_collapsed_there(bool huge)
    {
        ulong start = _test.MapFilled();
        if (huge)
            Assert.Equal(0, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage, out _));
        ulong target = start + 16 * TestMachine.HugePage;
        Assert.Equal(AccessResult.Done, _test.Process.Remap(start, TestMachine.HugePage, TestMachine.HugePage, target));
        Assert.Null(_test.Process.Find(start));
        TestMachine.ExpectContent(_test.Process, target);
        _test.ExpectSound();

        Assert.Equal(AccessResult.Done, _test.Process.Fork(out AddressSpace? child));
        Assert.Equal(0, MadviseCollapse.Run(child!, target, TestMachine.HugePage, out _));
        TestMachine.ExpectContent(child!, target);
        child!.Exit();
        // The reverse map finds what was moved: a poisoned frame is unmapped where it is now.
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
        Assert.Equal(AccessResult.Done, _test.Process.Remap(start, TestMachine.HugePage, 3 * TestMachine.Page, target));
        Assert.Equal(3, _test.Process.AnonymousPages);
        Assert.Equal(AccessResult.Done, _test.Process.Remap(target, 3 * TestMachine.Page, TestMachine.HugePage, start));
        TestMachine.ExpectContent(_test.Process, start, page => page < 3);
        _test.ExpectSound();
        Assert.Equal(AccessResult.SegmentationFault, _test.Process.Remap(target, TestMachine.Page, TestMachine.Page, start));
        Assert.Throws<ArgumentException>(() => _test.Process.Remap(start, TestMachine.HugePage, TestMachine.HugePage, start + TestMachine.Page));
    }

    [Fact]
    public void Addresses_above_16_TiB_are_as_good_as_any()
    {
        const ulong High = 40UL << 40;
        _test.Process.Map(TestMachine.HugePage, VmaFlags.Read | VmaFlags.Write | VmaFlags.HugePage, High);
        TestMachine.Fill(_test.Process, High);
        uint pfn = _test.Process.EntryAt(High).Pfn;
        Assert.Equal(AccessResult.Done, _test.Machine.MemoryFailure.Handle(pfn));
        Assert.True(_test.Process.EntryAt(High).IsHwPoison);
        _test.ExpectSound();
    }

    [Fact]
    public void A_look_changes_nothing()
    {
        var machine = new TestMachine(options: new SimulatedMachineOptions { SwapPages = 8 });
        ulong start = machine.MapFilled(page => page < 4);
        Assert.Equal(AccessResult.Done, machine.Process.PageOut(start, TestMachine.Page));
        machine.Machine.Poison(machine.Process.EntryAt(start + TestMachine.Page).Pfn, line: 3);
        Pte[] before = machine.Process.TableAt(start)!.Entries.ToArray();
        var page = new byte[NativeRegion.PageSize];
        Assert.Equal(AccessResult.Done, machine.Process.Peek(start, page));
        Assert.Equal(TestMachine.Content(0), page);
        Assert.Equal(AccessResult.BusError, machine.Process.Peek(start + TestMachine.Page, page));
        byte[] lost = TestMachine.Content(1).ToArray();
        lost.AsSpan(3 * 64, 64).Clear();
        Assert.Equal(lost, page);
        Assert.Equal(AccessResult.Done, machine.Process.Peek(start + 9 * TestMachine.Page, page));
        Assert.Equal(new byte[NativeRegion.PageSize], page);
        Assert.Equal(AccessResult.SegmentationFault, machine.Process.Peek(start + TestMachine.HugePage, page));
        Assert.True(before.AsSpan().SequenceEqual(machine.Process.TableAt(start)!.Entries));
        machine.ExpectSound();
        machine.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_that_somebody_has_locked_ends_a_collapse(bool file)
    {
        ulong start = file ? _test.MapFile(isShmem: true).Start : _test.MapFilled();
        TestMachine.ExpectContent(_test.Process, start);
        uint pfn = _test.Process.EntryAt(start + 100 * TestMachine.Page).Pfn;
        Assert.True(_test.Machine.TryLockPage(pfn));
        Assert.False(_test.Machine.TryLockPage(pfn));
        Assert.Equal(11, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage, out CollapseResult? failure));
        Assert.Equal(CollapseResult.PageLock, failure);
        _test.ExpectSound();
        _test.Machine.UnlockPage(pfn);
        Assert.Equal(0, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage, out _));
        _test.ExpectSound();
    }
}
