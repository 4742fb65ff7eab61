using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>The orders in which undo steps must run matter: each of these, broken on purpose, is noticed.</summary>
public sealed class BrokenUndoTests : IDisposable
{
    private readonly TestMachine _test = new(hugePages: 4);
    private ulong _start;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Releasing_the_pages_before_the_page_table_is_back_lets_somebody_find_them_unmapped()
    {
        // After a failed copy the reverse map is open to all: whoever gets at a released page must find what maps it.
        bool seen = false;
        RunFailedCopy(steps => [.. Swapped(steps, "put the PMD back", "release the pages").Select(step => Watched(step, () => seen |= IsReleasedButUnmapped()))]);
        Assert.True(seen);
    }

    [Fact]
    public void The_kernel_s_order_lets_nobody_find_them_unmapped()
    {
        bool seen = false;
        RunFailedCopy(steps => [.. steps.Select(step => Watched(step, () => seen |= IsReleasedButUnmapped()))]);
        Assert.False(seen);
        _test.ExpectSound();
    }

    [Fact]
    public void Leaving_the_page_table_out_is_found_by_the_counts()
    {
        RunFailedCopy(steps => [.. steps.Where(step => step.Name != "put the PMD back")]);
        Assert.NotEmpty(_test.Violations());
    }

    [Fact]
    public void Leaving_the_pages_isolated_is_found_by_the_counts()
    {
        RunFailedCopy(steps => [.. steps.Where(step => step.Name != "release the pages")]);
        Assert.NotEmpty(_test.Violations());
    }

    [Fact]
    public void Unlocking_the_address_space_before_the_page_table_is_back_lets_a_fault_lose_it()
    {
        // The fault finds no page table and makes one: its pages and those of the old table cannot both be there afterwards.
        RunFailedCopy(steps => [.. Swapped(steps, "put the PMD back", "mmap_write_unlock").Select(step =>
            step.Name == "mmap_write_unlock" ? Watched(step, () => _test.Process.Write(_start, [1])) : step)]);
        Assert.NotEmpty(_test.Violations());
    }

    [Fact]
    public void Opening_the_holes_after_they_were_given_back_is_found_while_it_lasts()
    {
        var range = new CollapsedRange(CollapsedMemory.Shmem, _test, page => page % 2 == 0);
        bool wrong = false;
        int stored = 0;
        _test.Machine.Memory.FailureInjection = point => point == FailurePoint.Store && stored++ == 100;
        var options = new CollapseOptions
        {
            UndoOrder = steps => [.. Swapped(steps, "open the holes", "release the pages").Select(step => Watched(step, () => wrong |= IsFilledTwice(range)))],
        };
        range.NewCollapse(options).Run();
        _test.Machine.Memory.FailureInjection = null;
        Assert.True(wrong);
    }

    private void RunFailedCopy(Func<IReadOnlyList<UndoStep>, IReadOnlyList<UndoStep>> order)
    {
        var range = new CollapsedRange(CollapsedMemory.Anonymous, _test);
        _start = range.Start;
        _test.Machine.Poison(range.PfnOf(300), 5);
        Assert.Equal(CollapseResult.CopyMc, range.NewCollapse(new CollapseOptions { UndoOrder = order }).Run());
    }

    private bool IsReleasedButUnmapped()
    {
        foreach (uint pfn in _test.Machine.Memory.Lru(anonymous: true))
        {
            if (_test.Process.TableAt(_start) is null && Reclaimable(pfn))
                return true;
        }
        return false;

        unsafe bool Reclaimable(uint head) => !_test.Machine.Memory.Frames[head].Has(PageFlags.Locked);
    }

    /// <summary>A page is anybody's to take while a retry entry still keeps its neighbours from being filled.</summary>
    private static bool IsFilledTwice(CollapsedRange range) =>
        range.File!.SlotAt(1).IsRetry && range.Test.Machine.Counters.NrIsolatedFile == 0;

    private static UndoStep[] Swapped(IReadOnlyList<UndoStep> steps, string one, string other) => [.. steps.Select(step =>
        step.Name == one ? steps.Single(candidate => candidate.Name == other)
        : step.Name == other ? steps.Single(candidate => candidate.Name == one)
        : step)];

    private static UndoStep Watched(UndoStep step, Action after) => new(step.Name, () =>
    {
        step.Undo();
        after();
    });
}
