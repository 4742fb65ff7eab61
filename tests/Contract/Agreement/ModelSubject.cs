using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Contract.Agreement;

/// <summary>
/// A simulated machine in the situation that a state describes: built in the order in which native/collapse_probe/src/subject.c builds it
/// for real, by what a program could do.
/// </summary>
internal sealed unsafe class ModelSubject : IDisposable
{
    private const ulong Base = 1UL << 40, SecondBase = 2UL << 40, Page = NativeRegion.PageSize, HugePage = NativeRegion.HugePageSize;
    private const int HugePagePages = PageTable.EntryCount;

    private readonly CollapseState _state;
    private readonly MemoryCgroup _cgroup;
    private readonly byte[] _page = new byte[NativeRegion.PageSize];
    private Userfaultfd? _userfaultfd;

    internal ModelSubject(CollapseState state)
    {
        _state = state;
        int hugePages = 16 + (state.Has(PageState.CompoundHead) ? state.Mapping.Count : 0);
        Machine = new SimulatedMachine((nuint)hugePages * NativeRegion.HugePageSize, new SimulatedMachineOptions
        {
            SwapPages = 4 * HugePagePages,
            HugePagesAtFault = true,
            // The kernel that the states were recorded on has no CONFIG_READ_ONLY_THP_FOR_FS.
            ReadOnlyFileThp = false,
        });
        _cgroup = Machine.NewCgroup();
        Caller = Machine.NewProcess(_cgroup);
        MapMemory();
        if (state.Has(PageState.CompoundHead))
            FillWithCompoundHeads();
        else
            WithSmallPages(Fill);
        MakeHuge();
        foreach (int page in Of(state.AlsoMapped))
            Touch(SecondBase, page);

        if (state.Fork != ForkCaller.None)
        {
            Done(Caller.Fork(out AddressSpace? child));
            (Caller, Other) = state.Fork == ForkCaller.Child ? (child!, Caller) : (Caller, child);
        }
        Change();
    }

    internal SimulatedMachine Machine { get; }

    /// <summary>Who calls MADV_COLLAPSE.</summary>
    internal AddressSpace Caller { get; }

    /// <summary>The other side of the fork; null: there was none.</summary>
    internal AddressSpace? Other { get; }

    /// <summary>What is mapped; null: anonymous memory.</summary>
    internal SimulatedFile? File { get; private set; }

    public void Dispose() => Machine.Dispose();

    internal static ulong AddressOf(int page) => Base + (ulong)page * Page;

    /// <summary>The page of the file that a page shows.</summary>
    internal uint FilePageOf(int page) => (uint)(_state.FileOffset + page);

    /// <summary>Takes away what would keep the content from being read.</summary>
    internal void Open()
    {
        Done(Caller.SetThpDisable(ThpDisable.Off));
        _cgroup.LimitPages = long.MaxValue;
        if (_userfaultfd is not null)
            Done(_userfaultfd.Close());
        if (_state.Protection == MappingProtection.None)
            OnMapping((start, length) => Caller.Mprotect(start, length, Protection.Read));
    }

    /// <summary>What the caller reads.</summary>
    internal PageContent Content(int page) => Content(Caller, AddressOf(page), page);

    /// <summary>What the other side reads, or the caller in the second mapping.</summary>
    internal PageContent OtherContent(int page) => Other is null
        ? Content(Caller, SecondBase + (ulong)page * Page, page)
        : Content(Other, AddressOf(page), page);

    private PageContent Content(AddressSpace space, ulong address, int page)
    {
        AccessResult result = space.Read(address, _page);
        Require.True(!result.IsWaiting, $"Reading page {page} {result}; that it waits for nothing");
        return result.IsDone ? PagePattern.Classify(_page, page) : PageContent.Unreadable;
    }

    private bool IsFilledThroughFile => _state.Memory is CollapseMemory.Private or CollapseMemory.ReadOnlyDisk;

    private void MapMemory()
    {
        PageRange mapping = _state.Mapping;
        ulong start = AddressOf(mapping.First), length = LengthOf(mapping);
        if (_state.Memory is CollapseMemory.Anonymous or CollapseMemory.Hugetlb or CollapseMemory.Secret)
        {
            Done(Caller.Mmap(start, length, Protection.ReadWrite, MapFlags.Private | MapFlags.FixedNoReplace | (_state.Memory == CollapseMemory.Anonymous ? 0 : MapFlags.Special)));
            return;
        }
        bool isShmem = _state.Memory is CollapseMemory.Shared or CollapseMemory.Private;
        File = Machine.NewFile(FilePageOf(mapping.End) * Page, isShmem, _cgroup);
        File.IsOpenForWrite = _state.Memory == CollapseMemory.Disk;
        Protection protection = _state.Memory == CollapseMemory.ReadOnlyDisk ? Protection.Read : Protection.ReadWrite;
        MapFlags flags = MapFlags.FixedNoReplace
            | (_state.Memory is CollapseMemory.Private or CollapseMemory.ReadOnlyDisk ? MapFlags.Private : MapFlags.Shared);
        ulong offset = FilePageOf(mapping.First) * Page;
        Done(Caller.Mmap(start, length, protection, flags, File, offset));
        if (_state.AlsoMapped.Count > 0)
            Done(Caller.Mmap(SecondBase + (ulong)mapping.First * Page, length, protection, flags, File, offset));
    }

    private void Fill()
    {
        int[] filled = [.. Of(_state.Mapping).Where(page => IsFilled(_state[page]))];
        foreach (int page in filled.Where(page => IsFilledThroughFile || IsCachedOnly(page)))
        {
            PagePattern.Fill(_page, page, 0);
            Done(File!.Write(FilePageOf(page) * Page, _page));
        }
        if (_state.Memory == CollapseMemory.ReadOnlyDisk)
            File!.WriteBack();
        foreach (int page in filled.Where(page => !IsCachedOnly(page)))
        {
            if (IsFilledThroughFile)
                Touch(Base, page);
            else
                Write(page, 0);
        }
    }

    private bool IsCachedOnly(int page) => _state[page] is PageState.Cached or PageState.Punched;

    /// <summary>
    /// Each page the first one of another huge page. A program needs many calls of mremap for that; here the pages are put where they belong.
    /// </summary>
    private void FillWithCompoundHeads()
    {
        Vma area = Caller.Find(AddressOf(_state.Mapping.First))!;
        foreach (int page in Of(_state.Mapping))
        {
            // The fault makes the page table.
            Write(page, 0);
            Require.True(Machine.Memory.TryAllocate(BuddyAllocator.HugeOrder, _cgroup, out uint head));
            Require.True(Machine.Memory.TryCopyPages(Caller.EntryAt(AddressOf(page)).Pfn, head, 1, out _));
            ref Pte pte = ref Caller.TableAt(AddressOf(page))!.Writable[page % HugePagePages];
            Caller.Clear(ref pte);
            Caller.MakeAnonymous(area, AddressOf(page), head);
            Machine.Memory.LruAdd(head);
            Caller.SetFrame(ref pte, head, writable: true, dirty: true);
            Machine.Memory.Put(head);
        }
    }

    private void MakeHuge()
    {
        for (int first = 0; first < _state.Mapping.End; first += HugePagePages)
        {
            var states = Of(new PageRange(first, HugePagePages)).Select(page => _state[page]).ToHashSet();
            if (states.Overlaps([PageState.HugeMapped, PageState.HugeCached, PageState.Compound]))
                Done(Caller.Madvise(AddressOf(first), HugePage, Advice.Collapse));
            if (!states.Contains(PageState.HugeZeroPage))
                continue;
            Done(Caller.Madvise(AddressOf(first), HugePage, Advice.HugePage));
            Touch(Base, first);
        }
    }

    private void Change()
    {
        foreach (PageRange run in RunsOf(PageState.Compound))
            SplitMapping(run);
        // What is written or read from here on stays small too.
        WithSmallPages(ChangePages);
        if (_state.Locked.Count > 0)
            Done(Caller.Mlock(AddressOf(_state.Locked.First), LengthOf(_state.Locked)));
        foreach (int page in Of(_state.Pinned))
            Done(Caller.TryPin(AddressOf(page), out _));
        if (_state.FilePages is int pages)
            Done(File!.Truncate(FilePageOf(pages) * Page));

        if (_state.Advice != MappingAdvice.None)
            Advise(_state.Advice == MappingAdvice.Huge ? Advice.HugePage : Advice.NoHugePage);
        if (_state.Protection != MappingProtection.ReadWrite)
            OnMapping((start, length) => Caller.Mprotect(start, length, _state.Protection == MappingProtection.None ? Protection.None : Protection.Read));
        if (_state.Gap.Count > 0)
            Done(Caller.Munmap(AddressOf(_state.Gap.First), LengthOf(_state.Gap)));
        Done(Caller.SetThpDisable(_state.ThpDisabled ? ThpDisable.Completely : ThpDisable.Off));
        if (_state.ChargeDenied)
            _cgroup.LimitPages = _cgroup.ChargedPages;
    }

    private void ChangePages()
    {
        foreach (int page in Of(_state.Rewritten))
            Write(page, 1);
        Each(PageState.Dropped, Advice.DontNeed);
        foreach (PageRange run in RunsOf(PageState.Punched))
            Done(File!.PunchHole(FilePageOf(run.First), (uint)run.Count));
        Each(PageState.Cached, Advice.DontNeed);
        Each(PageState.HugeCached, Advice.DontNeed);
        Each(PageState.Lazyfree, Advice.Free);
        foreach (int page in RunsOf(PageState.ZeroPage).SelectMany(Of))
            Touch(Base, page);
        Each(PageState.Swapped, Advice.PageOut);
        Each(PageState.Guarded, Advice.GuardInstall);
        foreach (int page in RunsOf(PageState.HwPoisoned).SelectMany(Of))
            Done(Machine.MemoryFailure.Handle(Caller.EntryAt(AddressOf(page)).Pfn));
        if (_state.Userfaultfd != UserfaultfdRegistration.None || _state.Has(PageState.Poisoned) || _state.Has(PageState.WriteProtected))
            Register();
    }

    /// <summary>Poison is planted under a registration for missing pages; registrations end where the state has none.</summary>
    private void Register()
    {
        _userfaultfd = Caller.OpenUserfaultfd(_state.Has(PageState.WriteProtected) ? UserfaultfdFeatures.WriteProtectUnpopulated : UserfaultfdFeatures.None);
        ulong start = AddressOf(_state.Mapping.First), length = LengthOf(_state.Mapping);
        UserfaultfdModes modes = (_state.Userfaultfd == UserfaultfdRegistration.WriteProtect ? UserfaultfdModes.WriteProtect : 0)
            | (_state.Userfaultfd == UserfaultfdRegistration.Missing || _state.Has(PageState.Poisoned) ? UserfaultfdModes.Missing : 0);
        Done(_userfaultfd.Register(start, length, modes));
        Each(PageState.Poisoned, Advice.DontNeed);
        foreach (PageRange run in RunsOf(PageState.Poisoned))
            Done(_userfaultfd.Poison(AddressOf(run.First), LengthOf(run)));
        foreach (PageRange run in RunsOf(PageState.WriteProtected))
            Done(_userfaultfd.WriteProtect(AddressOf(run.First), LengthOf(run)));
        if (_state.Userfaultfd == UserfaultfdRegistration.None)
            Done(_userfaultfd.Unregister(start, length));
    }

    /// <summary>Anonymous memory keeps its huge page and is mapped by PTEs; a file's is dropped and comes back by small faults.</summary>
    private void SplitMapping(PageRange run)
    {
        ulong huge = AddressOf(run.First / HugePagePages * HugePagePages);
        if (File is null)
        {
            if (Caller.IsHuge(huge))
            {
                Done(Caller.Mprotect(huge, Page, Protection.Read));
                Done(Caller.Mprotect(huge, Page, Protection.ReadWrite));
            }
            return;
        }
        Done(Caller.Madvise(huge, HugePage, Advice.DontNeed));
        WithSmallPages(() =>
        {
            foreach (int page in Of(run))
                Touch(Base, page);
        });
    }

    private void WithSmallPages(Action action)
    {
        Done(Caller.SetThpDisable(ThpDisable.Completely));
        action();
        Done(Caller.SetThpDisable(ThpDisable.Off));
    }

    private void Each(PageState state, Advice advice)
    {
        foreach (PageRange run in RunsOf(state))
            Done(Caller.Madvise(AddressOf(run.First), LengthOf(run), advice));
    }

    private void Advise(Advice advice) => OnMapping((start, length) => Caller.Madvise(start, length, advice));

    private void OnMapping(Func<ulong, ulong, SystemCallResult> call)
    {
        // Where everything was unmapped there is nothing to change.
        ulong start = AddressOf(_state.Mapping.First), length = LengthOf(_state.Mapping);
        if (Caller.Areas.Any(area => area.Start < start + length && start < area.End))
            Done(call(start, length));
    }

    private void Write(int page, int generation)
    {
        PagePattern.Fill(_page, page, generation);
        Done(Caller.Write(AddressOf(page), _page));
    }

    private void Touch(ulong mapping, int page) => Done(Caller.Read(mapping + (ulong)page * Page, _page.AsSpan(0, 1)));

    private static bool IsFilled(PageState page) => page is not (PageState.Absent or PageState.ZeroPage or PageState.HugeZeroPage);

    private IEnumerable<PageRange> RunsOf(PageState wanted)
    {
        for (int page = _state.Mapping.First; page < _state.Mapping.End; page++)
        {
            int first = page;
            while (page < _state.Mapping.End && _state[page] == wanted)
                page++;
            if (page > first)
                yield return new PageRange(first, page - first);
        }
    }

    private static IEnumerable<int> Of(PageRange range) => Enumerable.Range(range.First, range.Count);

    private static ulong LengthOf(PageRange range) => (ulong)range.Count * Page;

    private static void Done(AccessResult result) => Require.Equal(AccessResult.Done, result);

    private static void Done(SystemCallResult result) => Require.True(result.IsDone, $"A call ended with {result}; that it succeeds");
}
