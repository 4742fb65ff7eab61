using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>
/// Collapses a 2 MiB range of anonymous memory (<c>collapse_huge_page</c> after <c>hpage_collapse_scan_pmd</c>). An abort leaves the
/// same page table linked, with the same entries, and every count as it was.
/// </summary>
public sealed unsafe partial class AnonymousCollapse : CollapseOperation
{
    private const int PageCount = PageTable.EntryCount;

    private readonly AddressSpace _space;
    private readonly ulong _address;
    private readonly bool _countsFolios;
    private readonly List<uint> _largeFolios = [];
    private Vma? _area;
    private PageTable? _table;
    private int _swapped;
    private int _swappedIn;
    /// <summary>The last folio of the scan or the isolation; -1 for none, as the kernel traces it.</summary>
    private long _lookedAt = -1;
    private int _referenced;
    // For the scan's event, which the kernel traces last.
    private bool _passedScan;
    private int _noneScanned;
    private int _referencedScanned;
    private long _scanned = -1;
    private int _isolatedEnd;
    private int _noneIsolated;
    private int _sharedIsolated;
    private bool _isWritableIsolated;

    /// <summary>Prepares to collapse the range; nothing happens before the first step.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">The range's first byte, aligned to 2 MiB.</param>
    /// <param name="options">The options; <see langword="null"/>: as <c>MADV_COLLAPSE</c>, stopping only between steps.</param>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public AnonymousCollapse(AddressSpace space, ulong address, CollapseOptions? options = null)
        : base((space ?? throw new ArgumentNullException(nameof(space))).Machine, options ?? new CollapseOptions())
    {
        if (address % NativeRegion.HugePageSize != 0)
            throw new ArgumentException("The range must start on a 2 MiB boundary.", nameof(address));
        _space = space;
        _address = address;
        _countsFolios = Behavior.CountsFoliosAsShared;
    }

    /// <summary>Entries that the scan examined; 1 where there was no page table (<c>collapse_control::progress</c>).</summary>
    internal int EntriesScanned { get; private set; } = 1;

    /// <summary>Scans a range and changes nothing (<c>hpage_collapse_scan_pmd</c>).</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">The range's first byte, aligned to 2 MiB.</param>
    /// <param name="limits">The limits of khugepaged; <see langword="null"/>: none, as for <c>MADV_COLLAPSE</c>.</param>
    /// <returns><see cref="CollapseResult.Succeed"/> if a collapse would be tried.</returns>
    public static CollapseResult Scan(AddressSpace space, ulong address, CollapseLimits? limits) =>
        new AnonymousCollapse(space, address, new CollapseOptions { Limits = limits }).Scan();

    internal override DetachedTable? DetachedTable =>
        _table is not null && _space.PmdAt(_address).IsNone ? new DetachedTable(_space, _address, _table) : null;

    internal override void CountReferences(Span<int> references)
    {
        if (NewPage != Frame.Null)
            references[(int)NewPage]++;
        for (int i = 0; _table is not null && i < _isolatedEnd; i++)
        {
            Pte pte = _table.Entries[i];
            if (pte.IsPresent && pte.Pfn != Memory.ZeroFrame && Memory.Frames[pte.Pfn].Order == 0)
                references[(int)pte.Pfn]++;
        }
        foreach (uint head in _largeFolios)
            references[(int)head]++;
    }

    private protected override IEnumerator<CollapseStep> Steps()
    {
        yield return CollapseStep.Scan;
        while (!_space.Lock.CanRead)
        {
            IsBlocked = true;
            yield return CollapseStep.Scan;
        }
        TraceStep(CollapseStep.Scan);
        CollapseResult result = Scan();
        if (result == CollapseResult.Succeed)
        {
            yield return CollapseStep.Allocate;
            TraceStep(CollapseStep.Allocate);
            result = Allocate(_space.Cgroup);
        }
        if (result == CollapseResult.Succeed)
        {
            yield return CollapseStep.Revalidate;
            while (!_space.Lock.CanRead)
            {
                IsBlocked = true;
                yield return CollapseStep.Revalidate;
            }
            TraceStep(CollapseStep.Revalidate);
            result = LockForRead();
        }
        for (int i = 0; result == CollapseResult.Succeed && _swapped > 0 && i < PageCount; i++)
        {
            if (i == 0 || Options.StopBetweenPages)
                yield return CollapseStep.SwapIn;
            if (i == 0)
                TraceStep(CollapseStep.SwapIn);
            result = SwapIn(i);
        }
        if (result == CollapseResult.Succeed)
        {
            EndRead();
            do
            {
                IsBlocked = !_space.Lock.CanWrite;
                yield return CollapseStep.LockForWrite;
            }
            while (!_space.Lock.CanWrite);
            TraceStep(CollapseStep.LockForWrite);
            result = LockForWrite();
        }
        if (result == CollapseResult.Succeed)
        {
            yield return CollapseStep.DetachPageTable;
            TraceStep(CollapseStep.DetachPageTable);
            DetachPageTable();

            yield return CollapseStep.Isolate;
            TraceStep(CollapseStep.Isolate);
            Undo.Push("release the pages", ReleasePages);
            while (result == CollapseResult.Succeed && _isolatedEnd < PageCount)
            {
                result = Isolate(Options.StopBetweenPages ? _isolatedEnd + 1 : PageCount);
                if (Options.StopBetweenPages && result == CollapseResult.Succeed)
                    yield return CollapseStep.Isolate;
            }
            if (result == CollapseResult.Succeed)
                result = CheckIsolated();
            TraceIsolate(result);
        }
        if (result == CollapseResult.Succeed)
        {
            yield return CollapseStep.UnlockReverseMap;
            TraceStep(CollapseStep.UnlockReverseMap);
            UnlockReverseMap();

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
            yield return CollapseStep.Commit;
            TraceStep(CollapseStep.Commit);
            FreeSources();

            yield return CollapseStep.Install;
            TraceStep(CollapseStep.Install);
            Install();
        }
        End(result);
    }

    private protected override void TraceEnd(CollapseResult result)
    {
        // The kernel traces a collapse only after a scan that succeeded.
        if (_passedScan)
        {
            Options.Trace?.Add(
                "mm_collapse_huge_page", ("mm", _space.Number), ("isolated", result == CollapseResult.Succeed ? 1 : 0),
                ("status", result.ToTraceStatus()));
        }
        Options.Trace?.Add(
            "mm_khugepaged_scan_pmd", ("mm", _space.Number), ("scan_pfn", _scanned), ("referenced", _referencedScanned),
            ("none_or_zero", _noneScanned), ("status", result.ToTraceStatus()), ("unmapped", _swapped));
    }
}
