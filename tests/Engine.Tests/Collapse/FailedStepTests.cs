using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>After any step that fails, the collapse ends with the result of the step, undoes the earlier steps in the kernel's order, and nothing has changed.</summary>
public sealed class FailedStepTests : IDisposable
{
    private static readonly string[] s_nothing = [];
    private static readonly string[] s_readLocked = ["mmap_read_unlock", "free the huge page"];
    private static readonly string[] s_writeLocked = ["mmap_write_unlock", "free the huge page"];
    /// <summary>While the reverse map is locked, no rmap walk can find the pages, so they are released before the page table is linked.</summary>
    private static readonly string[] s_isolating = ["release the pages", "put the PMD back", "anon_vma_unlock_write", .. s_writeLocked];
    private static readonly string[] s_fileIsolating = ["release the pages", "free the huge page"];
    private static readonly string[] s_holesClosed = ["open the holes", "give the holes back", .. s_fileIsolating];

    private readonly TestMachine _test = new(hugePages: 4);

    public void Dispose() => _test.Dispose();

    /// <summary>The point, the number of successful passes before it fails, the result, the undo steps, and the pages that were off the LRU.</summary>
    public static TheoryData<FailurePoint, int, CollapseResult, string[], int> AnonymousSteps()
    {
        var steps = new TheoryData<FailurePoint, int, CollapseResult, string[], int>
        {
            { FailurePoint.HugePageAllocation, 0, CollapseResult.AllocHugePageFail, s_nothing, 0 },
            { FailurePoint.HugePageCharge, 0, CollapseResult.CgroupChargeFail, s_nothing, 0 },
            { FailurePoint.Revalidate, 0, CollapseResult.VmaNull, s_readLocked, 0 },
            { FailurePoint.Revalidate, 1, CollapseResult.VmaNull, s_writeLocked, 0 },
            { FailurePoint.PmdCheck, 0, CollapseResult.PmdNone, s_writeLocked, 0 },
        };
        foreach (int page in (ReadOnlySpan<int>)[0, 1, 255, 511])
        {
            steps.Add(FailurePoint.PageLock, page, CollapseResult.PageLock, s_isolating, page);
            steps.Add(FailurePoint.PageCount, page, CollapseResult.PageCount, s_isolating, page);
            steps.Add(FailurePoint.Isolate, page, CollapseResult.DelPageLru, s_isolating, page);
        }
        return steps;
    }

    /// <summary>The same for a file; the last number is a page that was put back before the others.</summary>
    public static TheoryData<CollapsedMemory, FailurePoint, int, CollapseResult, string[], int, int?> FileSteps()
    {
        var steps = new TheoryData<CollapsedMemory, FailurePoint, int, CollapseResult, string[], int, int?>();
        foreach (CollapsedMemory memory in (ReadOnlySpan<CollapsedMemory>)[CollapsedMemory.Shmem, CollapsedMemory.RegularFile])
        {
            steps.Add(memory, FailurePoint.HugePageAllocation, 0, CollapseResult.AllocHugePageFail, s_nothing, 0, null);
            steps.Add(memory, FailurePoint.HugePageCharge, 0, CollapseResult.CgroupChargeFail, s_nothing, 0, null);
            steps.Add(memory, FailurePoint.SlotReservation, 0, CollapseResult.Fail, ["free the huge page"], 0, null);
            foreach (int page in (ReadOnlySpan<int>)[0, 1, 255, 511])
            {
                steps.Add(memory, FailurePoint.PageLock, page, CollapseResult.PageLock, s_fileIsolating, page, null);
                steps.Add(memory, FailurePoint.Isolate, page, CollapseResult.DelPageLru, s_fileIsolating, page, null);
                steps.Add(memory, FailurePoint.PageCount, page, CollapseResult.PageCount, s_fileIsolating, page, page);
            }
        }
        return steps;
    }

    [Theory]
    [MemberData(nameof(AnonymousSteps))]
    public void A_failed_step_of_anonymous_memory_is_undone(
        FailurePoint point, int passes, CollapseResult expected, string[] undo, int isolated)
    {
        var range = new CollapsedRange(CollapsedMemory.Anonymous, _test);
        ExpectTakenBack(range, point, passes, expected, undo, isolated, putBackFirst: null);
    }

    [Theory]
    [MemberData(nameof(FileSteps))]
    public void A_failed_step_of_a_file_is_undone(
        CollapsedMemory memory, FailurePoint point, int passes, CollapseResult expected, string[] undo, int isolated, int? putBackFirst)
    {
        var range = new CollapsedRange(memory, _test);
        ExpectTakenBack(range, point, passes, expected, undo, isolated, putBackFirst);
    }

    [Theory]
    [InlineData(FailurePoint.HoleCharge, 0, CollapseResult.Fail)]
    [InlineData(FailurePoint.Store, 0, CollapseResult.StoreFailed)]
    [InlineData(FailurePoint.Store, 200, CollapseResult.StoreFailed)]
    [InlineData(FailurePoint.Store, 255, CollapseResult.StoreFailed)]
    public void Holes_that_cannot_be_charged_or_closed_are_restored(FailurePoint point, int passes, CollapseResult expected)
    {
        var range = new CollapsedRange(CollapsedMemory.Shmem, _test, page => page % 2 == 1);
        string[] undo = point == FailurePoint.HoleCharge ? s_fileIsolating : s_holesClosed;
        ExpectTakenBack(range, point, passes, expected, undo, isolated: 256, putBackFirst: null);
    }

    [Fact]
    public void A_page_whose_private_data_the_file_system_keeps_is_put_back()
    {
        var range = new CollapsedRange(CollapsedMemory.RegularFile, _test);
        range.File!.AttachPrivate(100);
        ExpectTakenBack(range, FailurePoint.ReleasePrivate, 0, CollapseResult.PageHasPrivate, s_fileIsolating, isolated: 100, putBackFirst: 100);
    }

    [Fact]
    public void A_page_whose_private_data_is_released_is_collapsed()
    {
        var range = new CollapsedRange(CollapsedMemory.RegularFile, _test);
        range.File!.AttachPrivate(100);
        Assert.Equal(CollapseResult.PteMappedHugepage, range.NewCollapse(new CollapseOptions()).Run());
        range.ExpectContent();
        _test.ExpectSound();
    }

    [Theory]
    [InlineData(CollapsedMemory.Anonymous)]
    [InlineData(CollapsedMemory.Shmem)]
    public void Pages_swapped_in_before_a_failed_swap_in_stay_in_memory(CollapsedMemory memory)
    {
        using var test = new TestMachine(hugePages: 4, new SimulatedMachineOptions { SwapPages = 64 });
        var range = new CollapsedRange(memory, test);
        Assert.Equal(SystemCallResult.Done, test.Process.Madvise(range.Start, 10 * TestMachine.Page, Advice.PageOut));
        Assert.Equal(10, test.Machine.Counters.PSwpOut);

        var trace = new CollapseTrace();
        int passed = 0;
        test.Machine.Memory.FailureInjection = point => point == FailurePoint.ReadIn && passed++ == 6;
        Assert.Equal(CollapseResult.Fail, range.NewCollapse(new CollapseOptions { Trace = trace }).Run());
        test.Machine.Memory.FailureInjection = null;

        Assert.Equal(memory == CollapsedMemory.Anonymous ? s_readLocked : s_fileIsolating, trace.UndoSteps);
        Assert.Equal(6, test.Machine.Counters.PSwpIn);
        test.ExpectSound();
        range.ExpectContent();
    }

    private static void ExpectTakenBack(
        CollapsedRange range, FailurePoint point, int passes, CollapseResult expected, string[] undo, int isolated, int? putBackFirst)
    {
        RangeSnapshot before = range.Snapshot();
        var trace = new CollapseTrace();
        int passed = 0;
        range.Test.Machine.Memory.FailureInjection = at => at == point && passed++ == passes;
        CollapseResult result = range.NewCollapse(new CollapseOptions { Trace = trace }).Run();
        range.Test.Machine.Memory.FailureInjection = null;

        Assert.Equal(expected, result);
        Assert.Equal(undo, trace.UndoSteps);
        range.ExpectUnchanged(before, lostPage: null, isolated, putBackFirst);
        // The next try succeeds.
        Assert.Equal(Errno.None, MadviseCollapse.Run(range.Test.Process, range.Start, TestMachine.HugePage).Error);
        Assert.True(range.Test.Process.IsHuge(range.Start));
        range.ExpectContent();
        range.Test.ExpectSound();
    }
}
