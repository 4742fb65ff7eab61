using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>The result of a range says how far its copy came, and where poison was.</summary>
public sealed class RangeResultTests : IDisposable
{
    private const int Bad = 300;

    private readonly TestMachine _test = new(hugePages: 16);
    private readonly ulong _start;
    private readonly uint _frame;

    public RangeResultTests()
    {
        _start = _test.MapFilled();
        _frame = _test.Process.EntryAt(_start + (Bad * (ulong)TestMachine.Page)).Pfn;
    }

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_range_has_the_copied_pages_and_the_poisoned_frame(bool byMadvise)
    {
        _test.Machine.Poison(_frame, line: 3);
        Assert.Equal(new RangeResult(_start, CollapseResult.CopyMc, Bad, _frame), Collapse(byMadvise));
        Assert.Equal(SystemCallResult.Done, _test.Process.Madvise(_start + (Bad * (ulong)TestMachine.Page), TestMachine.Page, Advice.DontNeed));
        Assert.Equal(new RangeResult(_start, CollapseResult.Succeed, TestMachine.Pages, null), Collapse(byMadvise));
        Assert.Equal(new RangeResult(_start, CollapseResult.PmdMapped, 0, null), Collapse(byMadvise));
    }

    [Fact]
    public void A_step_knows_the_mapping_of_its_range()
    {
        var found = new HashSet<(AddressSpace, ulong)?>();
        MadviseCollapse.Run(_test.Process, _start, TestMachine.HugePage, beforeStep: collapse => found.Add(collapse.FoundIn));
        Assert.Equal([(_test.Process, _start)], found);
        Assert.Null(new AnonymousCollapse(_test.Process, _start).FoundIn);
    }

    private RangeResult Collapse(bool byMadvise)
    {
        if (byMadvise)
            return Assert.Single(MadviseCollapse.Run(_test.Process, _start, TestMachine.HugePage).Ranges);
        var ranges = new List<RangeResult>();
        new Khugepaged(_test.Machine, new KhugepagedOptions
        {
            AfterRange = (space, range) =>
            {
                Assert.Same(_test.Process, space);
                ranges.Add(range);
            },
        }).ScanBatch();
        return Assert.Single(ranges);
    }
}
