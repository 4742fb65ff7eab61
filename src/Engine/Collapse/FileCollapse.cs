using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>
/// Collapses a 2 MiB range of a file's page cache (<c>collapse_file</c> after <c>hpage_collapse_scan_file</c>). The page cache keeps
/// the small pages, locked, until all are copied; an abort leaves its slots, counts and charge unchanged. Page tables that mapped the small
/// pages may be empty after an abort: faults fill them again.
/// </summary>
public sealed unsafe partial class FileCollapse : CollapseOperation
{
    private const int PageCount = PageTable.EntryCount;

    private readonly SimulatedFile _file;
    private readonly uint _firstPage;
    /// <summary>The folios that are locked and isolated, in the order of the file.</summary>
    private readonly List<uint> _folios = [];
    private PageCacheSlot[] _slots = [];
    private int _present;
    private int _swapped;
    private bool _passedScan;
    private int _isolatedEnd;
    private int _holes;
    private int _closedHoles;
    private int _folioCopied;
    private bool _committed;
    // -1 for none, as the kernel traces them.
    private long _scanned = -1, _newPage = -1;

    /// <summary>Prepares to collapse the range; nothing happens before the first step.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="file">The file.</param>
    /// <param name="firstPage">The range's first page, a multiple of 512.</param>
    /// <param name="options">The options; <see langword="null"/>: as <c>MADV_COLLAPSE</c>, stopping only between steps.</param>
    /// <exception cref="ArgumentException">The page is not a multiple of 512 or is beyond the largest file, or the file belongs to another machine.</exception>
    public FileCollapse(SimulatedMachine machine, SimulatedFile file, uint firstPage, CollapseOptions? options = null)
        : base(machine ?? throw new ArgumentNullException(nameof(machine)), options ?? new CollapseOptions())
    {
        ArgumentNullException.ThrowIfNull(file);
        file.ThrowIfNotOf(machine);
        if (firstPage % PageCount != 0)
            throw new ArgumentException("The range must start on a 2 MiB boundary of the file.", nameof(firstPage));
        SimulatedFile.ThrowIfTooLong((ulong)firstPage * NativeRegion.PageSize, NativeRegion.HugePageSize, nameof(firstPage), nameof(firstPage));
        _file = file;
        _firstPage = firstPage;
    }

    /// <summary>Scans a range and changes nothing (<c>hpage_collapse_scan_file</c>).</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="file">The file.</param>
    /// <param name="firstPage">The range's first page, a multiple of 512.</param>
    /// <param name="limits">The limits of khugepaged; <see langword="null"/>: none, as for <c>MADV_COLLAPSE</c>.</param>
    /// <returns><see cref="CollapseResult.Succeed"/> if a collapse would be tried.</returns>
    public static CollapseResult Scan(SimulatedMachine machine, SimulatedFile file, uint firstPage, CollapseLimits? limits) =>
        new FileCollapse(machine, file, firstPage, new CollapseOptions { Limits = limits }).Scan();

    internal override void CountReferences(Span<int> references)
    {
        if (NewPage != Frame.Null && !_committed)
            references[(int)NewPage]++;
        // The references of the isolation and this collapse, and after the commit those that the page cache had.
        foreach (uint head in _folios)
            references[(int)head] += 2 + (_committed ? (int)Memory.PagesOf(head) : 0);
    }

    private protected override IEnumerator<CollapseStep> Steps()
    {
        yield return CollapseStep.Scan;
        TraceStep(CollapseStep.Scan);
        CollapseResult result = Scan();
        if (result == CollapseResult.Succeed)
        {
            yield return CollapseStep.Allocate;
            TraceStep(CollapseStep.Allocate);
            // Charges the process through whose mapping the range was found, even if the small pages are charged to others.
            result = Allocate(Options.FoundIn?.Space.Cgroup ?? _file.Cgroup);
        }
        if (result == CollapseResult.Succeed)
        {
            _newPage = NewPage;
            Memory.TryLock(NewPage);
            yield return CollapseStep.ReserveSlots;
            TraceStep(CollapseStep.ReserveSlots);
            result = ReserveSlots();
        }
        if (result == CollapseResult.Succeed)
        {
            yield return CollapseStep.Isolate;
            TraceStep(CollapseStep.Isolate);
            Undo.Push("release the pages", ReleasePages);
            while (result == CollapseResult.Succeed && _isolatedEnd < PageCount)
            {
                result = Isolate(Options.StopBetweenPages ? _isolatedEnd + 1 : PageCount);
                if (Options.StopBetweenPages && result == CollapseResult.Succeed)
                    yield return CollapseStep.Isolate;
            }
            // The file system cannot write to a huge page (CONFIG_READ_ONLY_THP_FOR_FS).
            if (result == CollapseResult.Succeed && !Behavior.CollapsesFilesOpenForWriting && _file is { IsShmem: false, IsOpenForWrite: true })
                result = CollapseResult.Fail;
        }
        if (result == CollapseResult.Succeed)
        {
            yield return CollapseStep.ChargeHoles;
            TraceStep(CollapseStep.ChargeHoles);
            result = ChargeHoles();
        }
        if (result == CollapseResult.Succeed)
        {
            yield return CollapseStep.Copy;
            TraceStep(CollapseStep.Copy);
            while (result == CollapseResult.Succeed && CopiedPages < PageCount)
            {
                result = CopyPages(Options.StopBetweenPages ? 1 : PageCount);
                if (Options.StopBetweenPages && result == CollapseResult.Succeed)
                    yield return CollapseStep.Copy;
            }
        }
        if (result == CollapseResult.Succeed)
        {
            // The kernel holds the lock of the page cache from the retry entries to the commit, so no other step sees them.
            yield return CollapseStep.CloseHoles;
            TraceStep(CollapseStep.CloseHoles);
            result = CloseHoles();
        }
        if (result == CollapseResult.Succeed)
        {
            TraceStep(CollapseStep.Commit);
            Commit();
            yield return CollapseStep.Retract;
            TraceStep(CollapseStep.Retract);
            result = Retract();
        }
        End(result);
    }

    private string FileName => $"{(_file.IsShmem ? "memfd:" : "file:")}{_file.Number}";

    private protected override void TraceEnd(CollapseResult result)
    {
        if (_passedScan)
        {
            Options.Trace?.Add(
                "mm_khugepaged_collapse_file", ("mm", Options.FoundIn?.Space.Number ?? -1), ("hpage_pfn", _newPage), ("index", _firstPage),
                ("addr", Options.FoundIn?.Address ?? 0), ("is_shmem", _file.IsShmem ? 1 : 0), ("filename", FileName), ("nr", PageCount),
                ("result", result.ToTraceStatus()));
        }
        Options.Trace?.Add(
            "mm_khugepaged_scan_file", ("mm", Options.FoundIn?.Space.Number ?? -1), ("scan_pfn", _scanned), ("filename", FileName),
            ("present", _present), ("swap", _swapped), ("result", result.ToTraceStatus()));
    }
}
