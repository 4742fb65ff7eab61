using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>The scan refuses a range with a page that is in use, before a huge page is allocated (<c>hpage_collapse_scan_pmd</c>).</summary>
public sealed class ScanTests
{
    public enum Use
    {
        Locked,
        Held,
        OffLru,
    }

    [Theory]
    [InlineData(Use.Locked, CollapseResult.PageLock)]
    [InlineData(Use.Held, CollapseResult.PageCount)]
    [InlineData(Use.OffLru, CollapseResult.PageLru)]
    public void A_page_in_use_fails_the_scan(Use use, CollapseResult expected)
    {
        using var test = new TestMachine();
        ulong start = test.MapFilled();
        uint pfn = test.Process.EntryAt(start + 200 * TestMachine.Page).Pfn;
        PhysicalMemory memory = test.Machine.Memory;
        // One property of the page is unusual; a locked or isolated page also has one more reference.
        switch (use)
        {
            case Use.Locked:
                Assert.True(memory.TryLock(pfn));
                break;
            case Use.Held:
                memory.Get(pfn);
                break;
            case Use.OffLru:
                memory.LruRemove(pfn);
                break;
        }
        Assert.Equal(expected, AnonymousCollapse.Scan(test.Process, start, limits: null));
    }

    [Fact]
    public void A_range_without_such_a_page_passes_the_scan()
    {
        using var test = new TestMachine();
        Assert.Equal(CollapseResult.Succeed, AnonymousCollapse.Scan(test.Process, test.MapFilled(), limits: null));
    }
}
