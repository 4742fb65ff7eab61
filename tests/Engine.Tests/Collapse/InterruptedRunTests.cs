using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>A run that cannot go on, or is not let, leaves nothing half done.</summary>
public sealed class InterruptedRunTests : IDisposable
{
    private const VmaFlags Eligible = VmaFlags.Read | VmaFlags.Write | VmaFlags.HugePage;

    private readonly TestMachine _test = new(options: new SimulatedMachineOptions { SwapPages = 16 });

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_that_waits_for_somebody_elses_lock_takes_everything_back(bool khugepaged)
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
    public void A_run_that_gave_up_has_failed_and_does_not_go_on()
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
    public void What_is_thrown_before_any_step_comes_out_and_nothing_is_left_held(CollapsedMemory memory)
    {
        // Each step is thrown at once, until a run is through before its turn comes.
        for (int turn = 0; ; turn++)
        {
            using var test = new TestMachine(hugePages: 4);
            var range = new CollapsedRange(memory, test);
            int steps = 0;
            CollapseOperation collapse = range.NewCollapse(new CollapseOptions
            {
                BeforeStep = _ =>
                {
                    if (steps++ == turn)
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
                Assert.True(turn >= 8, $"only {turn} steps were seen");
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
