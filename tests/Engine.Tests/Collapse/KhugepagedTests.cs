using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>khugepaged scans all address spaces in batches, skips ranges that it may not collapse, and sleeps between batches.</summary>
public sealed class KhugepagedTests : IDisposable
{
    private readonly TestMachine _test = new(hugePages: 16);

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_batch_scans_at_most_its_pages_and_the_next_one_continues_there()
    {
        ulong start = _test.Process.Map(3 * TestMachine.HugePage, advice: Advice.HugePage);
        for (ulong i = 0; i < 3; i++)
            TestMachine.Fill(_test.Process, start + i * TestMachine.HugePage);
        var agent = new Khugepaged(_test.Machine, new KhugepagedOptions { PagesToScan = 512 });
        for (int batch = 1; batch <= 3; batch++)
        {
            Assert.True(agent.ScanBatch());
            Assert.Equal(batch, agent.RangesScanned);
            for (int i = 0; i < 3; i++)
                Assert.Equal(i < batch, _test.Process.IsHuge(start + (ulong)i * TestMachine.HugePage));
        }
        Assert.Equal(3, _test.Machine.Counters.PagesCollapsed);
        _test.ExpectSound();
    }

    [Fact]
    public void A_large_batch_scans_all_address_spaces_once()
    {
        _test.MapFilled();
        var agent = new Khugepaged(_test.Machine);
        Assert.True(agent.ScanBatch());
        Assert.Equal((1, 1), (agent.RangesScanned, _test.Machine.Counters.FullScans));
        Assert.True(agent.ScanBatch());
        Assert.Equal((2, 2), (agent.RangesScanned, _test.Machine.Counters.FullScans));
        Assert.Equal(CollapseResult.PmdMapped, agent.LastResult);
        Assert.Equal(1, _test.Machine.Counters.PagesCollapsed);
    }

    [Fact]
    public void The_cursor_moves_to_the_next_process_and_skips_exited_ones()
    {
        AddressSpace[] processes = [_test.Process, _test.Machine.NewProcess(), _test.Machine.NewProcess()];
        ulong[] starts = [.. processes.Select(process => process.Map(TestMachine.HugePage, advice: Advice.HugePage))];
        for (int i = 0; i < 3; i++)
            TestMachine.Fill(processes[i], starts[i]);
        var agent = new Khugepaged(_test.Machine, new KhugepagedOptions { PagesToScan = 512 });
        agent.ScanBatch();
        Assert.True(processes[0].IsHuge(starts[0]));
        Assert.Equal(SystemCallResult.Done, processes[1].Exit());
        // Numbers of processes are not reused, because the cursor uses them.
        Assert.Equal(3, _test.Machine.NewProcess().Number);
        agent.ScanBatch();
        Assert.True(processes[2].IsHuge(starts[2]));
        Assert.Equal((2, 0), (agent.RangesScanned, _test.Machine.Counters.FullScans));
        agent.ScanBatch();
        Assert.Equal((3, 1), (agent.RangesScanned, _test.Machine.Counters.FullScans));
        _test.ExpectSound();
    }

    [Fact]
    public void An_area_that_may_not_have_huge_pages_costs_one_page()
    {
        AddressSpace process = _test.Process;
        ulong notAsked = process.Map(TestMachine.HugePage);
        ulong refused = process.Map(TestMachine.HugePage, advice: Advice.NoHugePage);
        ulong tooSmall = process.Map(TestMachine.HugePage - TestMachine.Page, advice: Advice.HugePage);
        ulong misaligned = process.Map(TestMachine.HugePage, tooSmall + 4 * TestMachine.HugePage + TestMachine.Page, Advice.HugePage);
        ulong good = process.Map(TestMachine.HugePage, advice: Advice.HugePage);
        foreach (ulong start in (ulong[])[notAsked, refused, misaligned, good])
            TestMachine.Fill(process, start);

        // Four skipped areas and one range use up the batch.
        var agent = new Khugepaged(_test.Machine, new KhugepagedOptions { PagesToScan = 5 });
        Assert.True(agent.ScanBatch());
        Assert.Equal((1, 0), (agent.RangesScanned, _test.Machine.Counters.FullScans));
        Assert.True(process.IsHuge(good));
        foreach (ulong start in (ulong[])[notAsked, refused, misaligned & ~(TestMachine.HugePage - 1)])
            Assert.False(process.IsHuge(start));
    }

    [Fact]
    public void A_range_that_has_become_ineligible_is_skipped()
    {
        ulong start = _test.MapFilled();
        var agent = new Khugepaged(_test.Machine, new KhugepagedOptions { Limits = new CollapseLimits(MaxPtesNone: 0) });
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, TestMachine.Page, Advice.DontNeed));
        agent.ScanBatch();
        Assert.Equal(CollapseResult.ExceedNonePte, agent.LastResult);
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, TestMachine.HugePage, Advice.NoHugePage));
        agent.ScanBatch();
        Assert.Equal((1, 2), (agent.RangesScanned, _test.Machine.Counters.FullScans));
        Assert.Equal(SystemCallResult.Done, _test.Process.SetThpDisable(ThpDisable.Completely));
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, TestMachine.HugePage, Advice.HugePage));
        agent.ScanBatch();
        Assert.Equal(1, agent.RangesScanned);
    }

    [Fact]
    public void An_address_space_that_is_locked_for_writing_is_scanned_later()
    {
        ulong start = _test.MapFilled();
        var collapse = new AnonymousCollapse(_test.Process, start);
        while (collapse.NextStep != CollapseStep.Copy)
            Assert.True(collapse.MoveNext());
        var agent = new Khugepaged(_test.Machine);
        agent.ScanBatch();
        Assert.Equal(CollapseResult.Fail, agent.LastResult);
        _test.ExpectSound(collapse);
        Assert.Equal(CollapseResult.Succeed, collapse.Run());
        _test.ExpectSound();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_is_collapsed_and_the_next_fault_maps_the_huge_page(bool isShmem)
    {
        (_, ulong start) = _test.MapFile(isShmem);
        TestMachine.ExpectContent(_test.Process, start);
        if (isShmem)
        {
            // It learns of shmem from the second advice on: the first is not in the flags of the area yet.
            new Khugepaged(_test.Machine).ScanBatch();
            Assert.Equal(0, _test.Machine.Counters.PagesCollapsed);
            Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(start, TestMachine.HugePage, Advice.HugePage));
        }
        new Khugepaged(_test.Machine).ScanBatch();
        Assert.False(_test.Process.IsHuge(start));
        Assert.NotNull(TestMachine.Read(_test.Process, start));
        Assert.True(_test.Process.IsHuge(start));
        TestMachine.ExpectContent(_test.Process, start);
        _test.ExpectSound();
    }

    [Fact]
    public async Task It_sleeps_between_batches_until_it_is_cancelled()
    {
        _test.MapFilled();
        var time = new ManualTime();
        var options = new KhugepagedOptions { Time = time, ScanSleep = TimeSpan.FromSeconds(3) };
        using var stop = new CancellationTokenSource();
        Task agent = new Khugepaged(_test.Machine, options).RunAsync(stop.Token);
        for (int batch = 1; batch <= 3; batch++)
        {
            Assert.Equal(batch, _test.Machine.Counters.FullScans);
            Assert.Equal(Enumerable.Repeat(options.ScanSleep, batch), time.Waits);
            Assert.False(agent.IsCompleted);
            time.Elapse();
        }
        await stop.CancelAsync();
        await agent;
        Assert.Equal(4, _test.Machine.Counters.FullScans);
    }

    [Fact]
    public async Task The_first_failed_allocation_pauses_the_batch_and_the_second_ends_it()
    {
        ulong start = _test.Process.Map(3 * TestMachine.HugePage, advice: Advice.HugePage);
        for (ulong i = 0; i < 3; i++)
            TestMachine.Fill(_test.Process, start + i * TestMachine.HugePage);
        var time = new ManualTime();
        var options = new KhugepagedOptions { Time = time };
        _test.Machine.FailureInjection = point => point == FailurePoint.HugePageAllocation;
        using var stop = new CancellationTokenSource();
        var agent = new Khugepaged(_test.Machine, options);
        Task run = agent.RunAsync(stop.Token);
        Assert.Equal((1, CollapseResult.AllocHugePageFail), (agent.RangesScanned, agent.LastResult));
        time.Elapse();
        Assert.Equal(2, agent.RangesScanned);
        time.Elapse();
        Assert.Equal([options.AllocSleep, options.ScanSleep, options.AllocSleep], time.Waits);
        Assert.Equal(3, agent.RangesScanned);
        Assert.Equal(3, _test.Machine.Counters.ThpCollapseAllocFailed);

        // When memory is free, the rest of the batch is scanned after the pause.
        _test.Machine.FailureInjection = null;
        time.Elapse();
        Assert.Equal(options.ScanSleep, time.Waits[^1]);
        time.Elapse();
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(_test.Process.IsHuge(start + (ulong)i * TestMachine.HugePage)));
        await stop.CancelAsync();
        await run;
        _test.ExpectSound();
    }

    [Fact]
    public async Task RunAsync_returns_its_task_without_a_pause()
    {
        using var stop = new CancellationTokenSource();
        var agent = new Khugepaged(_test.Machine, new KhugepagedOptions { ScanSleep = TimeSpan.Zero });
        _test.MapFilled();
        Task? run = null;
        // If RunAsync did not return its task, this cancellation would end it.
        Task started = Task.Run(() => { run = agent.RunAsync(stop.Token); }, TestContext.Current.CancellationToken);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        bool given = await Task.WhenAny(started, Task.Delay(Timeout.InfiniteTimeSpan, late.Token)) == started;
        await stop.CancelAsync();
        await started;
        await run!;
        Assert.True(given);
    }

    [Fact]
    public void A_negative_pause_throws()
    {
        TimeSpan negative = TimeSpan.FromTicks(-1);
        Assert.Equal("ScanSleep", Assert.Throws<ArgumentOutOfRangeException>(() => new KhugepagedOptions { ScanSleep = negative }).ParamName);
        Assert.Equal("AllocSleep", Assert.Throws<ArgumentOutOfRangeException>(() => new KhugepagedOptions { AllocSleep = negative }).ParamName);
        Assert.Equal("AllocSleep", Assert.Throws<ArgumentOutOfRangeException>(() => new KhugepagedOptions { AllocSleep = TimeSpan.MaxValue }).ParamName);
    }
}
