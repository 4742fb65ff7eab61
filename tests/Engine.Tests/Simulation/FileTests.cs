using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Truncation, holes, write-back and reclaim of files, with pages in every state.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TestMachine _test = new(options: new SimulatedMachineOptions { SwapPages = 512 });

    public void Dispose()
    {
        _test.ExpectSound();
        _test.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_truncation_inside_a_page_waits_for_the_collapse_that_has_it_locked(bool isShmem)
    {
        SimulatedFile file = NewFilled(TestMachine.Pages, isShmem);
        file.WriteBack();
        var collapse = new FileCollapse(_test.Machine, file, 0, new CollapseOptions { StopBetweenPages = true });
        while (collapse.CopiedPages < TestMachine.Pages)
            Assert.True(collapse.MoveNext());

        const ulong Cut = (TestMachine.Pages - 1) * TestMachine.Page + 100;
        Assert.Equal(SystemCallResult.Waits(WaitReason.PageLock), file.Truncate(Cut));
        Assert.Equal(TestMachine.HugePage, file.Length);
        _test.ExpectSound(collapse);
        while (collapse.MoveNext())
            Assert.False(collapse.IsBlocked);
        Assert.Equal(SystemCallResult.Done, file.Truncate(Cut));
        ExpectZeroTail(file, Cut);
    }

    [Fact]
    public void A_truncation_inside_a_page_waits_for_the_page_lock()
    {
        SimulatedFile file = NewFilled(2, isShmem: true);
        uint pfn = file.SlotAt(0).Pfn;
        Assert.True(_test.Machine.TryLockPage(pfn));
        Assert.Equal(SystemCallResult.Waits(WaitReason.PageLock), file.Truncate(100));
        Assert.True(file.SlotAt(1).IsPage);
        _test.Machine.UnlockPage(pfn);
        Assert.Equal(SystemCallResult.Done, file.Truncate(100));
        ExpectZeroTail(file, 100);
    }

    [Fact]
    public void A_truncation_inside_a_page_in_swap_swaps_it_in()
    {
        SimulatedFile file = NewFilled(1, isShmem: true);
        Assert.True(Reclaim.TryReclaimOne(_test.Machine, anonymous: false));
        Assert.True(file.SlotAt(0).IsSwap);
        _test.Machine.FailureInjection = point => point == FailurePoint.PageAllocation;
        Assert.Equal(Errno.ENOMEM, file.Truncate(100).Error);
        Assert.Equal(TestMachine.Page, file.Length);
        _test.Machine.FailureInjection = null;
        Assert.Equal(SystemCallResult.Done, file.Truncate(100));
        ExpectZeroTail(file, 100);
    }

    [Fact]
    public void A_file_that_may_be_written_through_a_mapping_is_not_collapsed_and_loses_nothing()
    {
        SimulatedFile file = NewFilled(TestMachine.Pages, isShmem: false);
        file.WriteBack();
        ulong start = _test.Process.MapFile(file, 0, TestMachine.HugePage);
        for (int i = 0; i < TestMachine.Pages; i++)
            Assert.NotNull(TestMachine.Read(_test.Process, start + (ulong)i * TestMachine.Page));
        Assert.Equal(AccessResult.Done, _test.Process.Write(start, TestMachine.Content(7)));
        Assert.Equal(SystemCallResult.Done, _test.Process.Mprotect(start, TestMachine.HugePage, Protection.Read));
        Assert.True(file.IsOpenForWrite);
        MadviseCollapseResult run = MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage);
        Assert.Equal(Errno.EINVAL, run.Error);
        Assert.Equal(CollapseResult.VmaCheck, run.LastFailure);
        Assert.Equal(SystemCallResult.Done, _test.Process.Munmap(start, TestMachine.HugePage));
        Assert.False(file.IsOpenForWrite);
        Reclaim.DropCaches(_test.Machine);
        ExpectPage(file, 0, TestMachine.Content(7));
    }

    [Fact]
    public void A_file_that_is_no_longer_open_for_writing_keeps_its_dirty_pages()
    {
        SimulatedFile file = NewFilled(TestMachine.Pages, isShmem: false);
        file.WriteBack();
        ulong start = _test.Process.MapFile(file, 0, TestMachine.HugePage);
        Assert.Equal(AccessResult.Done, _test.Process.Write(start, TestMachine.Content(7)));
        Assert.Equal(SystemCallResult.Done, _test.Process.Mprotect(start, TestMachine.HugePage, Protection.Read));
        file.IsOpenForWrite = false;
        Assert.False(file.IsOpenForWrite);
        MadviseCollapseResult run = MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage);
        Assert.Equal(Errno.EINVAL, run.Error);
        Assert.Equal(CollapseResult.Fail, run.LastFailure);
        file.WriteBack();
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        ExpectPage(file, 0, TestMachine.Content(7));
    }

    [Fact]
    public void A_huge_page_that_reclaim_splits_is_no_longer_counted()
    {
        SimulatedFile file = NewFilled(TestMachine.Pages, isShmem: true);
        Assert.Equal(CollapseResult.PteMappedHugepage, new FileCollapse(_test.Machine, file, 0).Run());
        Assert.Equal(1, _test.Machine.Counters.NrShmemThps);
        Assert.True(Reclaim.TryReclaimOne(_test.Machine, anonymous: false));
        Assert.False(file.IsHuge(0));
        Assert.Equal(0, _test.Machine.Counters.NrShmemThps);
    }

    [Fact]
    public void A_huge_page_with_private_data_is_freed_by_a_truncation()
    {
        SimulatedFile file = NewFilled(TestMachine.Pages, isShmem: false);
        file.WriteBack();
        Assert.Equal(CollapseResult.PteMappedHugepage, new FileCollapse(_test.Machine, file, 0).Run());
        file.AttachPrivate(0);
        Assert.Equal(SystemCallResult.Done, file.Truncate(0));
        Assert.Equal(_test.Machine.Content.Length / (nuint)TestMachine.Page, (nuint)_test.Machine.FreeFrames + 1);
    }

    [Fact]
    public void Page_numbers_are_not_truncated_to_32_bits()
    {
        const ulong Most = (1UL << 44) - TestMachine.HugePage;
        SimulatedFile file = NewFilled(4, isShmem: true);
        Assert.Equal(Errno.EFBIG, file.Write(1UL << 44, TestMachine.Content(9)).Error);
        Assert.Equal(Errno.EFBIG, file.Write(ulong.MaxValue, [1]).Error);
        Assert.Equal(SystemCallResult.Done, file.Read(1UL << 44, new byte[1]));
        Assert.Equal(Errno.EFBIG, file.Truncate(Most + 1).Error);
        Assert.Equal(Errno.EFBIG, file.PunchHole(1, uint.MaxValue).Error);
        Assert.Equal(Errno.EFBIG, file.PunchHole(uint.MaxValue, 1).Error);
        ExpectRefused("length", () => _test.Machine.NewFile(Most + 1, isShmem: true));
        Assert.Equal(Errno.EINVAL, _test.Process.Mmap(TestMachine.Page, file: file, flags: MapFlags.Shared, offset: uint.MaxValue * TestMachine.Page).Error);
        Assert.Equal(Errno.EINVAL, _test.Process.Mmap(Most, file: file, flags: MapFlags.Shared, offset: TestMachine.Page).Error);
        ExpectRefused("firstPage", () => _ = new FileCollapse(_test.Machine, file, unchecked((uint)-512)));
        Assert.Equal(4 * TestMachine.Page, file.Length);
        for (int i = 0; i < 4; i++)
            ExpectPage(file, i, TestMachine.Content(i));

        Assert.Equal(SystemCallResult.Done, file.Truncate(Most));
        Assert.True(file.Write(Most - 1, [1]).IsDone);
        Assert.Equal(SystemCallResult.Done, file.PunchHole(4, (uint)(Most / TestMachine.Page) - 4));
        ExpectPage(file, 3, TestMachine.Content(3));
        ulong start = _test.Process.MapFile(file, (uint)(Most / TestMachine.Page) - 1, TestMachine.Page);
        Assert.Equal(AccessResult.Done, _test.Process.Write(start, [1]));
        Assert.Equal(Errno.EINVAL, _test.Process.Mremap(start, TestMachine.Page, 2 * TestMachine.Page).Error);
    }

    private static void ExpectRefused(string name, Action call) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(call).ParamName);

    private static void ExpectPage(SimulatedFile file, int page, byte[] content)
    {
        var read = new byte[TestMachine.Page];
        Assert.True(file.Read((ulong)page * TestMachine.Page, read).IsDone);
        Assert.Equal(content, read);
    }

    private SimulatedFile NewFilled(int pages, bool isShmem)
    {
        SimulatedFile file = _test.Machine.NewFile((ulong)pages * TestMachine.Page, isShmem);
        for (int i = 0; i < pages; i++)
            Assert.True(file.Write((ulong)i * TestMachine.Page, TestMachine.Content(i)).IsDone);
        return file;
    }

    private static void ExpectZeroTail(SimulatedFile file, ulong length)
    {
        Assert.Equal(length, file.Length);
        ulong whole = (length + TestMachine.Page - 1) & ~(TestMachine.Page - 1);
        Assert.Equal(SystemCallResult.Done, file.Truncate(whole));
        var page = new byte[TestMachine.Page];
        Assert.True(file.Read(whole - TestMachine.Page, page).IsDone);
        int kept = (int)(length % TestMachine.Page);
        Assert.Equal(TestMachine.Content((int)(length / TestMachine.Page)).AsSpan(0, kept), page.AsSpan(0, kept));
        Assert.Equal(-1, page.AsSpan(kept).IndexOfAnyExcept((byte)0));
    }
}
