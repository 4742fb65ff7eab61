using CopyMc.Collapse;
using CopyMc.Contract;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>
/// Poison in any page ends the collapse with COPY_MC and leaves everything unchanged. After memory failure has handled the page, the scan refuses
/// the next collapse.
/// </summary>
public sealed class PoisonedCollapseTests
{
    private static readonly int[] s_lines = [0, 31, 63];

    /// <summary>Known poison, and every source of latent poison that works here.</summary>
    public static TheoryData<CollapsedMemory, PoisonSource> Cases()
    {
        var cases = new TheoryData<CollapsedMemory, PoisonSource>();
        foreach (CollapsedMemory memory in Enum.GetValues<CollapsedMemory>())
        {
            foreach (PoisonSource source in Enum.GetValues<PoisonSource>())
            {
                string? reason = RealPoison.UnusableReason(source);
                cases.Add(new TheoryDataRow<CollapsedMemory, PoisonSource>(memory, source) { Skip = reason is null ? null : $"{source}: {reason}" });
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_copy_finds_poison_in_any_page_and_the_collapse_is_undone(CollapsedMemory memory, PoisonSource source)
    {
        using var test = new TestMachine(hugePages: 4);
        for (int page = 0; page < TestMachine.Pages; page++)
        {
            // All sources but the bitmap poison the whole page.
            foreach (int line in source == PoisonSource.Bitmap ? s_lines : [page % 64])
                ExpectCleanAbort(new CollapsedRange(memory, test), source, page, line);
        }
    }

    private static void ExpectCleanAbort(CollapsedRange range, PoisonSource source, int page, int line)
    {
        SimulatedMachine machine = range.Test.Machine;
        uint bad = range.PfnOf(page);
        machine.Poison(bad, line, source);
        RangeSnapshot before = range.Snapshot();

        var trace = new CollapseTrace();
        CollapseOperation collapse = range.NewCollapse(new CollapseOptions { Trace = trace });
        Assert.Equal(CollapseResult.CopyMc, collapse.Run());

        range.ExpectUnchanged(before, lostPage: page);
        Assert.Equal(range.UndoOfFailedCopy, trace.UndoSteps);
        Assert.Equal(1, machine.MemoryFailure.PendingCount);

        machine.MemoryFailure.RunPending();
        Assert.Equal(0, machine.MemoryFailure.PendingCount);
        Assert.Equal(1, machine.Counters.HardwareCorrupted);
        range.Test.ExpectSound();
        range.ExpectRefusedEarly();
        range.Test.ExpectSound();
        range.ExpectContent(lostPage: page);

        range.Test.StartAnew();
        PoisonInjector.Heal(machine.Content, bad * (nuint)NativeRegion.PageSize, NativeRegion.PageSize, source);
        machine.MemoryFailure.Unpoison(bad);
        Assert.Equal(4 * TestMachine.Pages, machine.FreeFrames);
    }
}
