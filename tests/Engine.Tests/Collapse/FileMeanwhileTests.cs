using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>What happens to a file or its mappings while it is collapsed is seen by the step that looks again; what does not matter to it changes nothing.</summary>
public sealed class FileMeanwhileTests : IDisposable
{
    private const ulong Page = TestMachine.Page, HugePage = TestMachine.HugePage;

    /// <summary>The page that things happen to, and the only hole of files that have one.</summary>
    private const uint Target = 9, Hole = 300;

    /// <summary>The code of a file that is huge: MADV_COLLAPSE maps it then.</summary>
    private const CollapseResult Huge = CollapseResult.PteMappedHugepage;

    private readonly TestMachine _test = new(hugePages: 8, options: new SimulatedMachineOptions { SwapPages = 16 });
    private SimulatedFile _file = null!;
    private ulong _start;

    /// <summary>What happens, of which memory, and what comes of it. The first is the machine's, so that the tests can be static data.</summary>
    private static readonly Dictionary<string, (CollapsedMemory Memory, Action<FileMeanwhileTests> Happens, CollapseResult Result)> s_beforeIsolation = new()
    {
        ["every page is punched out"] = (CollapsedMemory.Shmem, test => Done(test._file.PunchHole(0, TestMachine.Pages)), CollapseResult.Truncated),
        ["the file is truncated to nothing"] = (CollapsedMemory.Shmem, test => Done(test._file.Truncate(0)), CollapseResult.Truncated),
        ["the file is truncated in the middle"] = (CollapsedMemory.Shmem, test => Done(test._file.Truncate(HugePage / 2)), Huge),
        ["a page is punched out"] = (CollapsedMemory.Shmem, test => Done(test._file.PunchHole(Target, 1)), Huge),
        ["a page is swapped out"] = (CollapsedMemory.Shmem, test => Done(test._test.Process.Madvise(test.Address(Target), Page, Advice.PageOut)), Huge),
        ["a page is pinned"] = (CollapsedMemory.Shmem, test => Assert.True(test._test.Process.TryPin(test.Address(Target), out _).IsDone), CollapseResult.PageCount),
        ["a page is locked"] = (CollapsedMemory.Shmem, test => Assert.True(test._test.Machine.TryLockPage(test._file.SlotAt(Target).Pfn)), CollapseResult.PageLock),
        ["a page is poisoned"] = (CollapsedMemory.Shmem, test => Assert.True(test._test.Machine.MemoryFailure.Handle(test._file.SlotAt(Target).Pfn).IsDone), CollapseResult.DelPageLru),
        ["somebody else collapses"] = (CollapsedMemory.Shmem, test => Assert.Equal(Errno.None, test.Madvise()), Huge),
        ["the area is unmapped"] = (CollapsedMemory.Shmem, test => Done(test._test.Process.Munmap(test._start, HugePage)), Huge),
        ["the process exits"] = (CollapsedMemory.Shmem, test => Done(test._test.Process.Exit()), Huge),
        ["huge pages are refused"] = (CollapsedMemory.Shmem, test => Done(test._test.Process.Madvise(test._start, HugePage, Advice.NoHugePage)), Huge),
        ["a page of a regular file is written"] = (CollapsedMemory.RegularFile, test => Assert.True(test._file.Write(Target * Page, [1]).IsDone), CollapseResult.Fail),
        ["a regular file is opened for writing"] = (CollapsedMemory.RegularFile, test => test._file.IsOpenForWrite = true, CollapseResult.Fail),
        ["a regular file is mapped to be written"] = (CollapsedMemory.RegularFile, test => test._test.Process.MapFile(test._file, 0, HugePage), CollapseResult.Fail),
        ["a regular file is truncated in the middle"] = (CollapsedMemory.RegularFile, test => Done(test._file.Truncate(HugePage / 2)), CollapseResult.Fail),
        ["the pages of a regular file are dropped"] = (CollapsedMemory.RegularFile, DropCaches, Huge),
    };

    /// <summary>The same for a file with a hole, when its pages have been isolated and the hole was charged.</summary>
    private static readonly Dictionary<string, (Action<FileMeanwhileTests> Happens, CollapseResult Result)> s_beforeCopy = new()
    {
        ["the hole is written"] = (test => Assert.True(test._file.Write(Hole * Page, [1]).IsDone), CollapseResult.PageFilled),
        ["the hole is read through a mapping"] = (test => Assert.NotNull(TestMachine.Read(test._test.Process, test.Address(Hole))), CollapseResult.PageFilled),
        ["the hole is allocated"] = (test => Done(test._file.Allocate(Hole, 1)), CollapseResult.PageFilled),
        ["the hole is waited for"] = (test => test.Watch(test._start, UserfaultfdModes.Missing), CollapseResult.ExceedNonePte),
        ["minor faults are waited for"] = (test => test.Watch(test._start, UserfaultfdModes.Minor), Huge),
        // The kernel looks for areas up to the page after the range, and counts that page.
        ["the part of the file behind it is waited for"] =
            (test => test.Watch(test._test.Process.MapFile(test._file, TestMachine.Pages, HugePage), UserfaultfdModes.Missing), CollapseResult.ExceedNonePte),
        ["a later part of the file is waited for"] =
            (test => test.Watch(test._test.Process.MapFile(test._file, 2 * TestMachine.Pages, HugePage), UserfaultfdModes.Missing), Huge),
    };

    /// <summary>What keeps a page table that is there when the file has become huge, and what does not.</summary>
    private static readonly Dictionary<string, (MapFlags Sharing, Action<FileMeanwhileTests> Happens, bool IsKept)> s_beforeRetract = new()
    {
        ["nothing"] = (MapFlags.Shared, _ => { }, false),
        ["nothing, a private mapping"] = (MapFlags.Private, _ => { }, false),
        ["a guard is installed"] = (MapFlags.Shared, test => Done(test._test.Process.Madvise(test.Address(Target), Page, Advice.GuardInstall)), true),
        ["stores are waited for"] = (MapFlags.Shared, test => test.Watch(test._start, UserfaultfdModes.WriteProtect), true),
        ["missing pages are waited for"] = (MapFlags.Shared, test => test.Watch(test._start, UserfaultfdModes.Missing), false),
        ["a page elsewhere in a private mapping is written"] =
            (MapFlags.Private, test => Assert.True(test._test.Process.Write(test._start + HugePage, [1]).IsDone), true),
        ["a page is waited for and poisoned"] = (MapFlags.Shared, PoisonTarget, false),
    };

    public static TheoryData<string, bool> BeforeIsolation => [.. Twice(s_beforeIsolation.Keys)];

    public static TheoryData<string, bool> BeforeCopy => [.. Twice(s_beforeCopy.Keys)];

    public static TheoryData<string> BeforeRetract => [.. s_beforeRetract.Keys];

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(BeforeIsolation))]
    public void Each_page_is_looked_at_again_when_it_is_isolated(string name, bool byKhugepaged)
    {
        (CollapsedMemory memory, Action<FileMeanwhileTests> happens, CollapseResult result) = s_beforeIsolation[name];
        Map(memory == CollapsedMemory.Shmem);
        ExpectEnd(CollapseStep.Isolate, byKhugepaged, happens, result);
    }

    [Theory]
    [MemberData(nameof(BeforeCopy))]
    public void A_hole_is_looked_at_again_before_it_is_closed(string name, bool byKhugepaged)
    {
        (Action<FileMeanwhileTests> happens, CollapseResult result) = s_beforeCopy[name];
        Map(isShmem: true, page => page != Hole);
        Done(_file.Truncate(3 * HugePage));
        ExpectEnd(CollapseStep.Copy, byKhugepaged, happens, result);
        Assert.Equal(result == Huge, _file.IsHuge(0));
    }

    [Theory]
    [MemberData(nameof(BeforeRetract))]
    public void A_page_table_that_holds_more_than_the_file_is_kept(string name)
    {
        (MapFlags sharing, Action<FileMeanwhileTests> happens, bool isKept) = s_beforeRetract[name];
        Map(isShmem: true);
        Done(_file.Truncate(2 * HugePage));
        Done(_test.Process.Munmap(_start, HugePage));
        _start = _test.Process.MapFile(_file, 0, 2 * HugePage, sharing: sharing);
        Assert.NotNull(TestMachine.Read(_test.Process, _start));
        ExpectEnd(CollapseStep.ChargeHoles, byKhugepaged: false, happens, Huge);
        Assert.Equal(isKept, _test.Process.TableAt(_start) is not null);
        Assert.Equal(name == "a guard is installed", _test.Process.EntryAt(Address(Target)).IsGuardMarker);
    }

    [Fact]
    public void What_would_change_a_page_waits_from_the_isolation_on()
    {
        Map(isShmem: true);
        ExpectEnd(CollapseStep.Copy, byKhugepaged: false, _ =>
        {
            Assert.Equal(WaitReason.PageLock, _file.Write(Target * Page, [1]).WaitsFor);
            Assert.Equal(WaitReason.PageLock, _file.PunchHole(Target, 1).WaitsFor);
            Assert.Equal(WaitReason.PageLock, _file.Truncate(HugePage / 2).WaitsFor);
            Assert.Equal(WaitReason.PageLock, _test.Process.Write(Address(Target), [1]).WaitsFor);
        }, Huge);
        TestMachine.ExpectContent(_test.Process, _start);
    }

    private void ExpectEnd(CollapseStep step, bool byKhugepaged, Action<FileMeanwhileTests> happens, CollapseResult result)
    {
        var collapse = new FileCollapse(_test.Machine, _file, 0, new CollapseOptions { Limits = byKhugepaged ? new CollapseLimits() : null });
        while (collapse.NextStep != step)
            Assert.True(collapse.MoveNext());
        happens(this);
        bool isHugeBefore = _file.IsHuge(0);
        CollapseResult ended = collapse.Run();
        // khugepaged leaves the huge page to be mapped by faults; only MADV_COLLAPSE has its own page table follow.
        Assert.Equal(result == Huge && byKhugepaged && !isHugeBefore ? CollapseResult.Succeed : result, ended);
        _test.ExpectSound();
    }

    private void Map(bool isShmem, Func<int, bool>? present = null)
    {
        (_file, _start) = _test.MapFile(isShmem, present);
        for (uint page = 0; page < TestMachine.Pages; page++)
        {
            if (present is null || present((int)page))
                Assert.NotNull(TestMachine.Read(_test.Process, Address(page)));
        }
    }

    private ulong Address(uint page) => _start + page * Page;

    private Errno Madvise() => MadviseCollapse.Run(_test.Process, _start, HugePage).Error;

    private Userfaultfd Watch(ulong start, UserfaultfdModes modes)
    {
        Userfaultfd userfaultfd = _test.Process.OpenUserfaultfd();
        Done(userfaultfd.Register(start, HugePage, modes));
        return userfaultfd;
    }

    private static void PoisonTarget(FileMeanwhileTests test) => Done(test.Watch(test._start, UserfaultfdModes.Missing).Poison(test.Address(Target), Page));

    private static void DropCaches(FileMeanwhileTests test)
    {
        Done(test._test.Process.Madvise(test._start, HugePage, Advice.DontNeed));
        Reclaim.DropCaches(test._test.Machine);
        Assert.Equal(0, test._file.CachedPages);
    }

    private static IEnumerable<(string, bool)> Twice(IEnumerable<string> names) => names.SelectMany(name => Enumerable.Range(0, 2).Select(i => (name, i == 1)));

    private static void Done(SystemCallResult result) => Assert.Equal(SystemCallResult.Done, result);
}
