using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>A 2 MiB range of one kind of memory, to collapse, and to compare with its state before.</summary>
internal sealed unsafe class CollapsedRange
{
    private readonly CollapsedMemory _memory;
    private readonly SimulatedFile? _file;
    private readonly ulong _start;
    private readonly Func<int, bool>? _present;

    internal CollapsedRange(CollapsedMemory memory, TestMachine test, Func<int, bool>? present = null)
    {
        _memory = memory;
        _present = present;
        Test = test;
        if (memory == CollapsedMemory.Anonymous)
        {
            _start = Test.MapFilled(present);
        }
        else
        {
            (_file, _start) = Test.MapFile(memory == CollapsedMemory.Shmem, present);
            for (int i = 0; i < TestMachine.Pages; i++)
            {
                if (present is null || present(i))
                    TestMachine.Read(Test.Process, _start + (ulong)i * TestMachine.Page);
            }
        }
    }

    internal TestMachine Test { get; }

    internal ulong Start => _start;

    internal SimulatedFile? File => _file;

    internal static string[] UndoOfAnonymousCopy => ["put the PMD back", "release the pages", "mmap_write_unlock", "free the huge page"];

    internal IEnumerable<string> UndoOfFailedCopy =>
        _memory == CollapsedMemory.Anonymous ? UndoOfAnonymousCopy : ["release the pages", "free the huge page"];

    internal uint PfnOf(int page) => _file is null
        ? Test.Process.EntryAt(_start + (ulong)page * TestMachine.Page).Pfn
        : _file.SlotAt((uint)page).Pfn;

    internal CollapseOperation NewCollapse(CollapseOptions options) => _file is null
        ? new AnonymousCollapse(Test.Process, _start, options)
        : new FileCollapse(Test.Machine, _file, 0, options);

    internal RangeSnapshot Snapshot()
    {
        PhysicalMemory memory = Test.Machine.Memory;
        uint[] own = [.. Pages().Select(PfnOf)];
        var ownSet = own.ToHashSet();
        return new RangeSnapshot(
            Test.Process.TableAt(_start),
            Test.Process.TableAt(_start)?.Entries.ToArray() ?? [],
            _file is null ? [] : [.. Enumerable.Range(0, TestMachine.Pages).Select(page => _file.SlotAt((uint)page))],
            [.. own.Select(pfn => (memory.Frames[pfn].RefCount, memory.Frames[pfn].MapCount, memory.Frames[pfn].Flags))],
            [.. memory.Lru(_file is null).Where(ownSet.Contains)],
            [.. memory.Lru(_file is null).Where(pfn => !ownSet.Contains(pfn))],
            Test.Machine.RootCgroup.ChargedPages,
            (_file?.ChargedPages ?? 0, _file?.CachedPages ?? 0),
            Test.Machine.FreeFrames,
            (Test.Process.AnonymousPages, Test.Process.FilePages, Test.Process.ShmemPages, Test.Process.SwapEntries));
    }

    /// <summary>Checks that an abort left everything unchanged, except that page tables of a file may have lost their entries.</summary>
    /// <param name="before">The state before the collapse.</param>
    /// <param name="lostPage">A page that can no longer be read completely.</param>
    /// <param name="isolated">The number of pages that the collapse had taken off the LRU; null: all.</param>
    /// <param name="putBackFirst">Another page that was put back before the others; null: none.</param>
    internal void ExpectUnchanged(RangeSnapshot before, int? lostPage = null, int? isolated = null, int? putBackFirst = null)
    {
        RangeSnapshot after = Snapshot();
        Assert.Same(before.Table, after.Table);
        Assert.True(before.Slots.SequenceEqual(after.Slots), "the slots changed");
        Assert.True(before.OtherLru.SequenceEqual(after.OtherLru), "the rest of the LRU changed");
        Assert.Equal((before.ChargedPages, before.FileCharge, before.FreeFrames), (after.ChargedPages, after.FileCharge, after.FreeFrames));
        Assert.Equal(0, Test.Machine.Counters.NrIsolatedAnon + Test.Machine.Counters.NrIsolatedFile);
        Assert.True(Test.Process.Lock.CanWrite);
        Test.ExpectSound();
        if (_file is null)
        {
            Assert.True(before.Entries.SequenceEqual(after.Entries), "the entries changed");
            Assert.True(before.Frames.SequenceEqual(after.Frames), "the frames changed");
            Assert.Equal(before.Resident, after.Resident);
        }
        else
        {
            // The mappings of the pages may be gone, with their references, and a dirty entry has made its page dirty.
            Assert.True(
                before.Frames.Select(WithoutMappings).SequenceEqual(after.Frames.Select(WithoutMappings)), "the frames changed");
        }
        // Anonymous pages are released in reverse order, those of a file in order. A released page becomes the most recently used.
        List<uint> moved = [.. Pages().Take(isolated ?? TestMachine.Pages).Select(PfnOf)];
        if (_file is not null)
            moved.Reverse();
        if (putBackFirst is { } page)
            moved.Add(PfnOf(page));
        Assert.True(moved.Concat(before.OwnLru.Except(moved)).SequenceEqual(after.OwnLru), "the order of the LRU changed");
        ExpectContent(lostPage);
    }

    /// <summary>Checks every byte except those of poisoned lines; the other lines of a lost page are read from the frame.</summary>
    internal void ExpectContent(int? lostPage = null) => TestMachine.ExpectContent(Test.Process, _start, _present, page => page == lostPage);

    internal void ExpectRefusedEarly()
    {
        RangeSnapshot before = Snapshot();
        CollapseOperation again = NewCollapse(new CollapseOptions { Limits = new CollapseLimits(MaxPtesSwap: 0) });
        switch (_memory)
        {
            case CollapsedMemory.Anonymous:
                // Poison entries count as swapped pages: khugepaged refuses them if it allows none, and MADV_COLLAPSE fails to swap them in.
                Assert.Equal(CollapseResult.ExceedSwapPte, again.Run());
                Assert.Equal(CollapseResult.Fail, NewCollapse(new CollapseOptions()).Run());
                Assert.Equal(Errno.EINVAL, MadviseCollapse.Run(Test.Process, _start, TestMachine.HugePage).Error);
                break;
            case CollapsedMemory.Shmem:
                Assert.Equal(CollapseResult.PageLru, again.Run());
                Assert.Equal(Errno.EAGAIN, MadviseCollapse.Run(Test.Process, _start, TestMachine.HugePage).Error);
                break;
            default:
                // The page was dropped, and will be read again into a healthy frame.
                return;
        }
        RangeSnapshot after = Snapshot();
        Assert.True(before.Entries.SequenceEqual(after.Entries), "the entries changed");
        Assert.True(before.Slots.SequenceEqual(after.Slots), "the slots changed");
        Assert.True(before.Frames.SequenceEqual(after.Frames), "the frames changed");
    }

    private static (int, PageFlags) WithoutMappings((ushort References, ushort Maps, PageFlags Flags) frame) =>
        (frame.References - frame.Maps, frame.Flags & ~PageFlags.Dirty);

    private IEnumerable<int> Pages() => Enumerable.Range(0, TestMachine.Pages).Where(page => _present is null || _present(page));
}
