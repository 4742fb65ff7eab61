using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>The order of the undo steps matters: each wrong order has an effect that the tests find.</summary>
public sealed class UndoOrderTests : IDisposable
{
    private readonly TestMachine _test = new(hugePages: 4);
    private ulong _start;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Pages_released_before_the_page_table_is_linked_can_be_found_unmapped()
    {
        // After a failed copy the reverse map is unlocked, so that an rmap walk of a released page must find its mapping.
        bool seen = false;
        RunFailedCopy(steps => [.. Swapped(steps, "put the PMD back", "release the pages").Select(step => Watched(step, () => seen |= IsReleasedButUnmapped()))]);
        Assert.True(seen);
    }

    [Fact]
    public void In_the_kernels_order_no_page_can_be_found_unmapped()
    {
        bool seen = false;
        RunFailedCopy(steps => [.. steps.Select(step => Watched(step, () => seen |= IsReleasedButUnmapped()))]);
        Assert.False(seen);
        _test.ExpectSound();
    }

    [Fact]
    public void A_page_table_that_is_not_linked_again_violates_an_invariant()
    {
        RunFailedCopy(steps => [.. steps.Where(step => step.Name != "put the PMD back")]);
        Assert.NotEmpty(_test.Violations());
    }

    [Fact]
    public void Pages_that_stay_isolated_violate_an_invariant()
    {
        RunFailedCopy(steps => [.. steps.Where(step => step.Name != "release the pages")]);
        Assert.NotEmpty(_test.Violations());
    }

    [Fact]
    public void A_fault_before_the_page_table_is_linked_violates_an_invariant()
    {
        // The fault finds no page table and makes one, which the old table then replaces, with its pages.
        RunFailedCopy(steps => [.. Swapped(steps, "put the PMD back", "mmap_write_unlock").Select(step =>
            step.Name == "mmap_write_unlock" ? Watched(step, () => _test.Process.Write(_start, [1])) : step)]);
        Assert.NotEmpty(_test.Violations());
    }

    [Fact]
    public void Pages_released_before_the_holes_are_open_can_be_found_beside_retry_entries()
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

    /// <summary>Whether the pages are released while a retry entry still keeps a hole from being filled.</summary>
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
