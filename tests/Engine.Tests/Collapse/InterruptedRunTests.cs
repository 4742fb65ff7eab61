using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>A run that cannot continue, because of a lock or an exception, is undone or completed.</summary>
public sealed class InterruptedRunTests : IDisposable
{
    private const VmaFlags Eligible = VmaFlags.Read | VmaFlags.Write | VmaFlags.HugePage;

    private readonly TestMachine _test = new(options: new SimulatedMachineOptions { SwapPages = 16 });

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_that_would_wait_for_a_lock_is_undone(bool khugepaged)
    {
        AnonymousCollapse swapsIn = StopAtSwapIn(out ulong other);
        long free = _test.Machine.FreeFrames;
        if (khugepaged)
        {
            var agent = new Khugepaged(_test.Machine);
            agent.ScanBatch();
            Assert.Equal(CollapseResult.Fail, agent.LastResult);
        }
        else
        {
            Assert.Throws<InvalidOperationException>(() => MadviseCollapse.Run(_test.Process, other, TestMachine.HugePage));
        }
        Assert.Equal(free, _test.Machine.FreeFrames);
        _test.ExpectSound(swapsIn);
        Assert.Equal(CollapseResult.Succeed, swapsIn.Run());
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, other, TestMachine.HugePage).Error);
        TestMachine.ExpectContent(_test.Process, other);
        _test.ExpectSound();
    }

    [Fact]
    public void An_abandoned_run_has_failed_and_does_not_continue()
    {
        StopAtSwapIn(out ulong other);
        var collapse = new AnonymousCollapse(_test.Process, other);
        Assert.Throws<InvalidOperationException>(() => collapse.Run());
        Assert.Equal(CollapseResult.Fail, collapse.Result);
        Assert.False(collapse.MoveNext());
    }

    [Theory]
    [InlineData(CollapsedMemory.Anonymous)]
    [InlineData(CollapsedMemory.Shmem)]
    [InlineData(CollapsedMemory.RegularFile)]
    public void An_exception_before_any_step_reaches_the_caller_and_no_lock_stays_held(CollapsedMemory memory)
    {
        // Throws before each step in turn, until a run ends before the exception.
        for (int throwAt = 0; ; throwAt++)
        {
            using var test = new TestMachine(hugePages: 4);
            var range = new CollapsedRange(memory, test);
            int steps = 0;
            CollapseOperation collapse = range.NewCollapse(new CollapseOptions
            {
                BeforeStep = _ =>
                {
                    if (steps++ == throwAt)
                        throw new TimeoutException("enough");
                },
            });
            Exception? thrown = Record.Exception(() => collapse.Run());
            Assert.NotNull(collapse.Result);
            Assert.False(collapse.MoveNext());
            test.ExpectSound();
            range.ExpectContent();
            Assert.Equal(Errno.None, MadviseCollapse.Run(test.Process, range.Start, TestMachine.HugePage).Error);
            range.ExpectContent();
            test.ExpectSound();
            if (thrown is null)
            {
                Assert.True(throwAt >= 8, $"only {throwAt} steps were seen");
                return;
            }
            Assert.IsType<TimeoutException>(thrown);
        }
    }

    /// <summary>A collapse that holds the address space for reading, and another range of it to collapse.</summary>
    private AnonymousCollapse StopAtSwapIn(out ulong other)
    {
        ulong start = _test.Process.Map(2 * TestMachine.HugePage, advice: Advice.HugePage);
        other = start + TestMachine.HugePage;
        TestMachine.Fill(_test.Process, start);
        TestMachine.Fill(_test.Process, other);
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, TestMachine.Page, Advice.PageOut));
        var collapse = new AnonymousCollapse(_test.Process, start, new CollapseOptions { StopBetweenPages = true });
        while (collapse.NextStep != CollapseStep.SwapIn)
            Assert.True(collapse.MoveNext());
        Assert.True(collapse.MoveNext());
        return collapse;
    }
}
