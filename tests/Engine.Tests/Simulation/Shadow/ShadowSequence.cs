using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>One random sequence: the operations, in <c>ShadowSequence.Operations.cs</c>, and their effect on the shadow.</summary>
internal sealed unsafe partial class ShadowSequence(SimulatedMachine machine, Random random, HashSet<Reached> reached)
{
    private const int WindowPages = 3 * TestMachine.Pages, MostProcesses = 3;
    private const ulong Page = TestMachine.Page;

    private readonly Contents _contents = new();
    private readonly List<ShadowProcess> _processes = [];
    private readonly List<CollapseOperation> _collapses = [];
    private readonly HashSet<uint> _badFrames = [];
    private readonly byte[] _page = new byte[Page];
    private SimulatedFile? _file;
    private ShadowPages? _filePages;
    private bool _isShared;

    /// <summary>The operations that ran.</summary>
    internal List<string> Log { get; } = [];

    private bool HasBadFrames => _badFrames.Count > 0;

    internal void Play()
    {
        SetUp();
        for (int left = 3 + random.Next(12); left > 0 && _processes.Count > 0; left--)
        {
            Operate(_processes[random.Next(_processes.Count)]);
            foreach (ShadowProcess process in _processes)
            {
                for (int i = 0; i < 3; i++)
                    Look(process, Any(random.Next(WindowPages), 256, 9, 511, 0), reads: random.Next(3) == 0);
            }
        }
        while (_collapses.Count > 0)
            Step(_collapses[0]);
        machine.MemoryFailure.RunPending();
        foreach (ShadowProcess process in _processes)
        {
            for (int page = 0; page < WindowPages; page++)
            {
                if (!IsUntouched(process, page))
                    Look(process, page, reads: false);
            }
        }
        TearDown();
    }

    private void SetUp()
    {
        machine.HugePagesAtFault = random.Next(3) == 0;
        _processes.Add(new ShadowProcess(machine.NewProcess(), new ShadowPages(WindowPages, Contents.Zeros)));
        ShadowProcess process = _processes[0];
        if (random.Next(2) == 0)
        {
            _file = machine.NewFile(WindowPages * Page, isShmem: true);
            _filePages = new ShadowPages(WindowPages, Contents.Zeros);
            _isShared = random.Next(4) != 0;
            foreach (int page in Chosen(Any((0, 512), (0, 1024), (9, 1))))
                WriteFile(page);
        }
        Log.Add($"{(_file is null ? "anonymous memory" : _isShared ? "a shared file" : "a private file")}, huge pages at faults: {machine.HugePagesAtFault}");
        Map(process, Any((0, 512), (0, 512), (0, 1024), (0, 1536), (256, 512)));
        if (random.Next(2) == 0)
            process.Space.Madvise(ShadowProcess.AddressOf(0), 512 * Page, Advice.HugePage);
        foreach (int page in Chosen(Any((0, 512), (0, 512), (256, 512), (0, 256))))
            Write(process, page, 0, (int)Page);
    }

    /// <summary>All pages of a range, or some: most errors need few pages, which take a tenth of the time.</summary>
    private IEnumerable<int> Chosen((int First, int Count) range)
    {
        int every = Any(1, 37, 37, 37, 150, 150, 150, 150);
        for (int page = range.First; page < range.First + range.Count; page += every)
            yield return page;
    }

    private void TearDown()
    {
        foreach (ShadowProcess process in _processes)
            Assert.Equal(SystemCallResult.Done, process.Space.Exit());
        if (_file is not null)
            Assert.Equal(SystemCallResult.Done, _file.Delete());
        machine.MemoryFailure.RunPending();
        Assert.Equal(0, machine.MemoryFailure.PendingCount);
        foreach (uint pfn in _badFrames)
            machine.MemoryFailure.Unpoison(pfn);
    }

    /// <summary>Whether a page must read as zeros, because neither the process nor a file has content there.</summary>
    private bool IsUntouched(ShadowProcess process, int page)
    {
        if (!process.Space.EntryAt(ShadowProcess.AddressOf(page)).IsNone)
            return false;
        if (process.AreaOf(page) is not { File: { } file } area)
            return process.Pages[page] is [Contents.Zeros];
        uint filePage = area.PageIndex(ShadowProcess.AddressOf(page));
        return process.Pages[page] is [Contents.OfFile] && filePage < WindowPages && _filePages![(int)filePage] is [Contents.Zeros] && file.SlotAt(filePage).IsEmpty;
    }

    /// <summary>Loads a page, or peeks at it without a fault, and compares.</summary>
    private void Look(ShadowProcess process, int page, bool reads)
    {
        ulong address = ShadowProcess.AddressOf(page);
        bool isHuge = process.Space.IsHuge(address);
        AccessResult result = reads ? process.Space.Read(address, _page) : process.Space.Peek(address, _page);
        if (!result.IsDone)
        {
            Excuse(process, page, result, write: false);
            return;
        }
        if (isHuge)
            reached.Add(Reached.HugePageRead);
        foreach (int content in ContentsOf(process, page))
        {
            if (content >= 0 && _contents.Holds(_page, content))
                return;
        }
        string what = ContentsOf(process, page).All(content => content == Contents.Poison) ? "is poisoned, but can be read" : "reads as content that it never had";
        throw new InvalidOperationException($"page {page} of process {process.Space.Number} {what} ({BitConverter.ToUInt64(_page):x})");
    }

    /// <summary>The possible contents of a page, including that of its file.</summary>
    private IEnumerable<int> ContentsOf(ShadowProcess process, int page)
    {
        foreach (int content in process.Pages[page])
        {
            if (content != Contents.OfFile)
            {
                yield return content;
            }
            else if (process.AreaOf(page) is { File: not null } area)
            {
                uint filePage = area.PageIndex(ShadowProcess.AddressOf(page));
                foreach (int ofFile in filePage < WindowPages ? _filePages![(int)filePage] : [Contents.Zeros])
                    yield return ofFile;
            }
        }
    }

    /// <summary>An access fails where nothing is mapped or the area forbids it, beyond a file's end, for poison, for a lock or a userfaultfd, or for lack of memory.</summary>
    private void Excuse(ShadowProcess process, int page, AccessResult result, bool write)
    {
        Vma? area = process.AreaOf(page);
        bool mayBePoison = HasBadFrames || ContentsOf(process, page).Contains(Contents.Poison);
        bool excused = result.Outcome switch
        {
            AccessOutcome.Waits or AccessOutcome.OutOfMemory => true,
            AccessOutcome.MapError => area is null || process.HasGuards,
            AccessOutcome.AccessError => area is not null && (area.Flags & (write ? VmaFlags.Write : VmaFlags.Read | VmaFlags.Write | VmaFlags.Execute)) == 0,
            AccessOutcome.BusAddressError => area?.File is { } file && area.PageIndex(ShadowProcess.AddressOf(page)) >= file.LengthInPages,
            AccessOutcome.MemoryError => mayBePoison,
            _ => false,
        };
        Assert.True(excused, $"page {page} of process {process.Space.Number}: {result}");
        if (result.Outcome == AccessOutcome.MemoryError)
            reached.Add(write ? Reached.PoisonRefusedToStore : Reached.PoisonRefusedToLoad);
    }

    private void Write(ShadowProcess process, int page, int offset, int length)
    {
        int store = _contents.NewStore();
        Span<byte> bytes = _page.AsSpan(0, length);
        Contents.FillWith(store, bytes);
        AccessResult result = process.Space.Write(ShadowProcess.AddressOf(page) + (ulong)offset, bytes);
        if (!result.IsDone)
        {
            Excuse(process, page, result, write: true);
            return;
        }
        int[] before = [.. ContentsOf(process, page)];
        Assert.True(HasBadFrames || before.Any(content => content >= 0), $"page {page} of process {process.Space.Number} is poisoned, and was stored to");
        int[] after = After(before, store, offset, length);
        Vma area = process.AreaOf(page)!;
        if (!_isShared || area.File is null)
        {
            process.Pages[page] = after;
            return;
        }
        _filePages![(int)area.PageIndex(ShadowProcess.AddressOf(page))] = after;
        process.Pages.Set(page, Contents.OfFile);
    }

    private void WriteFile(int page)
    {
        int store = _contents.NewStore();
        Contents.FillWith(store, _page);
        SystemCallResult result = _file!.Write((ulong)page * Page, _page);
        if (result.IsDone)
            _filePages![page] = After(_filePages[page], store, 0, (int)Page);
    }

    /// <summary>A store does not heal: a page that may be poisoned still may be.</summary>
    private int[] After(int[] before, int store, int offset, int length)
    {
        IEnumerable<int> bases = length == (int)Page ? [Contents.Zeros] : before.Where(content => content >= 0);
        if (length == (int)Page && !before.Any(content => content >= 0))
            bases = [];
        IEnumerable<int> after = bases.Distinct().Select(content => _contents.After(content, store, offset, length));
        return [.. after, .. HasBadFrames ? before.Where(content => content == Contents.Poison).Distinct() : []];
    }

    private T Any<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
