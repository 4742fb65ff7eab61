using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>A change after the scan is found by the step that checks again, and the collapse ends with its result.</summary>
public sealed class MeanwhileTests : IDisposable
{
    private const ulong Page = TestMachine.Page, HugePage = TestMachine.HugePage;

    /// <summary>The change, the result, and whether only khugepaged checks for it.</summary>
    private static readonly Dictionary<string, (Action<TestMachine, ulong> Happens, CollapseResult Result, bool OnlyKhugepaged)> s_events = new()
    {
        ["the area is unmapped"] = ((test, start) => Done(test.Process.Munmap(start, HugePage)), CollapseResult.VmaNull, false),
        ["the area loses its end"] = ((test, start) => Done(test.Process.Munmap(start + HugePage / 2, HugePage / 2)), CollapseResult.AddressRange, false),
        ["the area loses its last page"] = ((test, start) => Done(test.Process.Munmap(start + HugePage - Page, Page)), CollapseResult.AddressRange, false),
        ["a page in the middle gets its own area"] =
            ((test, start) => Done(test.Process.Mprotect(start + 9 * Page, Page, Protection.Read)), CollapseResult.AddressRange, false),
        ["huge pages are refused"] = ((test, start) => Done(test.Process.Madvise(start, HugePage, Advice.NoHugePage)), CollapseResult.VmaCheck, false),
        ["huge pages are switched off"] =
            ((test, _) => test.Machine.ThpEnabled = ThpMode.Never, CollapseResult.VmaCheck, true),
        ["the process refuses huge pages"] = ((test, _) => Done(test.Process.SetThpDisable(ThpDisable.Completely)), CollapseResult.AnyProcess, false),
        ["the process exits"] = ((test, _) => Done(test.Process.Exit()), CollapseResult.AnyProcess, false),
        ["a file is mapped there"] = (MapFileThere, CollapseResult.PageAnon, false),
        ["the page table is freed"] = ((test, start) => Done(test.Process.Madvise(start, HugePage, Advice.DontNeed)), CollapseResult.PmdNone, false),
        ["another call collapses the range"] =
            ((test, start) => Assert.Equal(Errno.None, MadviseCollapse.Run(test.Process, start, HugePage).Error), CollapseResult.PmdMapped, false),
    };

    /// <summary>Changes that only the isolation finds.</summary>
    private static readonly Dictionary<string, (Action<TestMachine, ulong> Happens, CollapseResult Result, bool OnlyKhugepaged)> s_pages = new()
    {
        ["more pages are shared than allowed"] = ((test, _) => Assert.True(test.Process.Fork(out AddressSpace? _).IsDone), CollapseResult.ExceedSharedPte, true),
        ["more pages are absent than allowed"] =
            ((test, start) => Done(test.Process.Madvise(start + Page, 300 * Page, Advice.DontNeed)), CollapseResult.ExceedNonePte, true),
        ["userfaultfd watches a missing page"] = (MissingPageOfRegistered, CollapseResult.ExceedNonePte, false),
        ["a page is swapped out"] = ((test, start) => Done(test.Process.Madvise(start + 9 * Page, Page, Advice.PageOut)), CollapseResult.PteNonPresent, false),
        ["a page is write-protected"] = (WriteProtect, CollapseResult.PteUffd, false),
        ["a page is pinned"] = ((test, start) => Assert.True(test.Process.TryPin(start + 9 * Page, out _).IsDone), CollapseResult.PageCount, false),
        ["a page is locked"] =
            ((test, start) => Assert.True(test.Machine.TryLockPage(test.Process.EntryAt(start + 9 * Page).Pfn)), CollapseResult.PageLock, false),
        ["no page is referenced"] = ((test, start) => Done(test.Process.Madvise(start, HugePage, Advice.Cold)), CollapseResult.LackReferencedPage, true),
    };

    private readonly TestMachine _test = new(hugePages: 8, options: new SimulatedMachineOptions { SwapPages = 16 });

    public static TheoryData<string, CollapseStep, bool> OfTheArea => [.. Cases(s_events, CollapseStep.Revalidate), .. Cases(s_events, CollapseStep.LockForWrite)];

    public static TheoryData<string, CollapseStep, bool> OfThePages => [.. Cases(s_pages, CollapseStep.LockForWrite)];

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(OfTheArea))]
    public void The_area_is_checked_again_under_each_lock(string name, CollapseStep step, bool byKhugepaged) =>
        ExpectEnd(s_events[name], step, byKhugepaged);

    [Theory]
    [MemberData(nameof(OfThePages))]
    public void Each_page_is_checked_again_when_it_is_isolated(string name, CollapseStep step, bool byKhugepaged) =>
        ExpectEnd(s_pages[name], step, byKhugepaged);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_huge_page_is_writable_only_if_the_area_is(bool writable)
    {
        ulong start = _test.MapFilled();
        if (!writable)
            Done(_test.Process.Mprotect(start, HugePage, Protection.Read));
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, HugePage).Error);
        Assert.True(_test.Process.IsHuge(start));
        Assert.Equal(writable, _test.Process.EntryAt(start).IsWritable);
        Assert.Equal(writable ? AccessResult.Done : AccessResult.AccessError, _test.Process.Write(start, [1]));
        _test.ExpectSound();
    }

    private void ExpectEnd((Action<TestMachine, ulong> Happens, CollapseResult Result, bool OnlyKhugepaged) what, CollapseStep step, bool byKhugepaged)
    {
        ulong start = _test.MapFilled();
        var collapse = new AnonymousCollapse(
            _test.Process, start, new CollapseOptions { Limits = byKhugepaged ? new CollapseLimits(MaxPtesNone: 255) : null });
        while (collapse.NextStep != step)
            Assert.True(collapse.MoveNext());
        what.Happens(_test, start);
        bool isChecked = byKhugepaged || !what.OnlyKhugepaged;
        Assert.Equal(isChecked ? what.Result : CollapseResult.Succeed, collapse.Run());
        _test.ExpectSound();
    }

    private static IEnumerable<(string, CollapseStep, bool)> Cases(
        Dictionary<string, (Action<TestMachine, ulong> Happens, CollapseResult Result, bool OnlyKhugepaged)> events, CollapseStep step) =>
        events.Keys.SelectMany(name => Enumerable.Range(0, 2).Select(i => (name, step, i == 1)));

    private static void MapFileThere(TestMachine test, ulong start)
    {
        SimulatedFile file = test.Machine.NewFile(HugePage, isShmem: true);
        Done(test.Process.Munmap(start, HugePage));
        ulong there = test.Process.MapFile(file, 0, HugePage, address: start, advice: Advice.HugePage);
        test.Machine.ShmemEnabled = ThpMode.Always;
        Assert.Equal(start, there);
    }

    private static void MissingPageOfRegistered(TestMachine test, ulong start)
    {
        Assert.True(test.Process.OpenUserfaultfd().Register(start, HugePage, UserfaultfdModes.Missing).IsDone);
        Done(test.Process.Madvise(start + 9 * Page, Page, Advice.DontNeed));
    }

    private static void WriteProtect(TestMachine test, ulong start)
    {
        Userfaultfd userfaultfd = test.Process.OpenUserfaultfd();
        Assert.True(userfaultfd.Register(start, HugePage, UserfaultfdModes.WriteProtect).IsDone);
        Assert.True(userfaultfd.WriteProtect(start + 9 * Page, Page).IsDone);
    }

    private static void Done(SystemCallResult result) => Assert.Equal(SystemCallResult.Done, result);
}
