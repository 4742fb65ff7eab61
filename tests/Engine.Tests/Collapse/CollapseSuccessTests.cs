using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>After a collapse the range is one huge page with the same content, and the small pages are free.</summary>
public sealed class CollapseSuccessTests : IDisposable
{
    private readonly TestMachine _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Anonymous_memory_becomes_a_huge_page(bool stopBetweenPages)
    {
        ulong start = _test.MapFilled();
        var collapse = new AnonymousCollapse(_test.Process, start, new CollapseOptions { StopBetweenPages = stopBetweenPages });
        while (collapse.MoveNext())
            _test.ExpectSound(collapse);

        Assert.Equal(CollapseResult.Succeed, collapse.Result);
        Assert.True(_test.Process.IsHuge(start));
        TestMachine.ExpectContent(_test.Process, start);
        Assert.Equal(512, _test.Machine.RootCgroup.ChargedPages);
        _test.ExpectSound();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_file_becomes_a_huge_page_and_is_mapped_as_one(bool isShmem, bool stopBetweenPages)
    {
        (SimulatedFile file, ulong start) = _test.MapFile(isShmem);
        TestMachine.ExpectContent(_test.Process, start);
        var collapse = new FileCollapse(_test.Machine, file, 0, new CollapseOptions { StopBetweenPages = stopBetweenPages });
        while (collapse.MoveNext())
            _test.ExpectSound(collapse);

        Assert.Equal(CollapseResult.PteMappedHugepage, collapse.Result);
        _test.ExpectSound();
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        Assert.True(_test.Process.IsHuge(start));
        TestMachine.ExpectContent(_test.Process, start);
        Assert.Equal(512, file.CachedPages);
        Assert.Equal(512, _test.Machine.RootCgroup.ChargedPages);
        _test.ExpectSound();
    }

    [Fact]
    public void Absent_and_zero_pages_become_zeros()
    {
        ulong start = _test.MapFilled(page => page % 3 == 0);
        Assert.NotNull(TestMachine.Read(_test.Process, start + TestMachine.Page));
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        Assert.True(_test.Process.IsHuge(start));
        TestMachine.ExpectContent(_test.Process, start, page => page % 3 == 0);
        _test.ExpectSound();
    }

    [Fact]
    public void Holes_of_shmem_become_zeros_and_are_charged()
    {
        (SimulatedFile file, ulong start) = _test.MapFile(isShmem: true, page => page % 5 == 0);
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        Assert.True(_test.Process.IsHuge(start));
        TestMachine.ExpectContent(_test.Process, start, page => page % 5 == 0);
        Assert.Equal(512, file.ChargedPages);
        Assert.Equal(512, file.CachedPages);
        _test.ExpectSound();
    }

    [Fact]
    public void Pages_shared_by_a_fork_stay_with_the_other_process()
    {
        ulong start = _test.MapFilled();
        Assert.Equal(SystemCallResult.Done, _test.Process.Fork(out AddressSpace? child));
        Assert.Equal(Errno.None, MadviseCollapse.Run(child!, start, TestMachine.HugePage).Error);
        Assert.True(child!.IsHuge(start));
        Assert.False(_test.Process.IsHuge(start));
        Assert.Equal(AccessResult.Done, child.Write(start, [1]));
        TestMachine.ExpectContent(_test.Process, start);
        TestMachine.ExpectContent(child, start, lost: page => page == 0);
        _test.ExpectSound();
        child.Exit();
        _test.ExpectSound();
    }

    [Fact]
    public void All_memory_is_free_after_the_process_and_the_file_are_gone()
    {
        _test.MapFilled();
        (SimulatedFile file, ulong start) = _test.MapFile(isShmem: true);
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        Assert.Equal(SystemCallResult.Done, _test.Process.Exit());
        Assert.Equal(SystemCallResult.Done, file.Truncate(0));
        Assert.Equal(8 * 512, _test.Machine.FreeFrames);
        Assert.Equal(0, _test.Machine.RootCgroup.ChargedPages);
        _test.ExpectSound();
    }
}
