using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>
/// Scans all address spaces and collapses the ranges that its limits allow (<c>mm/khugepaged.c</c>). Not thread-safe, because the machine is
/// not.
/// </summary>
/// <param name="machine">The machine.</param>
/// <param name="options">The settings; <see langword="null"/>: the kernel's defaults.</param>
public sealed class Khugepaged(SimulatedMachine machine, KhugepagedOptions? options = null)
{
    private readonly SimulatedMachine _machine = machine ?? throw new ArgumentNullException(nameof(machine));
    private readonly KhugepagedOptions _options = options ?? new KhugepagedOptions();
    private AddressSpace? _space;
    private ulong _address;
    private int _left;
    private int _starts;

    /// <summary>Ranges scanned so far.</summary>
    public long RangesScanned { get; private set; }

    /// <summary>The result of the last range; <see langword="null"/> before the first.</summary>
    public CollapseResult? LastResult { get; private set; }

    /// <summary>Scans and sleeps until it is cancelled (<c>khugepaged</c>).</summary>
    /// <param name="cancellation">Ends the scan after the current batch.</param>
    /// <returns>A task that ends after it is cancelled, without an exception.</returns>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            // The first failed allocation pauses the batch; the second ends it.
            if (!ScanBatch() && await TrySleepAsync(_options.AllocSleep, cancellation).ConfigureAwait(false))
                ContinueBatch();
            await TrySleepAsync(_options.ScanSleep, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Scans the pages of one batch (<c>khugepaged_do_scan</c>), from the end of the last batch on.</summary>
    /// <returns>False if it stopped because no huge page was free.</returns>
    /// <exception cref="ObjectDisposedException">The machine is disposed.</exception>
    /// <exception cref="KernelPanicException">The kernel has panicked.</exception>
    public bool ScanBatch()
    {
        _machine.ThrowIfGone();
        _left = _options.PagesToScan;
        _starts = 0;
        return ContinueBatch();
    }

    private bool ContinueBatch()
    {
        while (_left > 0)
        {
            // Stops before it starts over for the second time: a range that was refused would be refused again in the same batch.
            if (_space is null && ++_starts == 2)
                break;
            if (!TryFindRange(out Vma? area))
            {
                _machine.Counters.FullScans++;
                continue;
            }
            ulong address = _address;
            _address += NativeRegion.HugePageSize;
            RangesScanned++;
            LastResult = Collapse(area!, address, out int cost);
            _left -= cost;
            if (LastResult == CollapseResult.Succeed)
                _machine.Counters.PagesCollapsed++;
            if (LastResult is CollapseResult.AllocHugePageFail)
                return false;
        }
        return true;
    }

    /// <summary>Moves the cursor to the next 2 MiB range that may have a huge page. Returns false at the end of all address spaces.</summary>
    private bool TryFindRange(out Vma? found)
    {
        const ulong HugeMask = NativeRegion.HugePageSize - 1;
        found = null;
        IReadOnlyList<AddressSpace> spaces = _machine.ScannedByKhugepaged;
        // If the process at the cursor has exited, the scan continues with the next one.
        foreach (AddressSpace space in spaces.SkipWhile(space => _space is not null && space.KhugepagedTurn < _space.KhugepagedTurn).ToArray())
        {
            if (space != _space)
                (_space, _address) = (space, 0);
            foreach (Vma area in space.Areas)
            {
                if (area.End <= _address)
                    continue;
                // An area that may not have huge pages is skipped, and counts as one page.
                ulong first = ulong.Max((area.Start + HugeMask) & ~HugeMask, (_address + HugeMask) & ~HugeMask);
                if (!area.HoldsHugeRange(first) || !ThpEligibility.Allows(area, enforceSettings: true))
                {
                    _left--;
                    continue;
                }
                _address = first;
                found = area;
                return true;
            }
        }
        (_space, _address) = (null, 0);
        return false;
    }

    private CollapseResult Collapse(Vma area, ulong address, out int cost)
    {
        cost = PageTable.EntryCount;
        var collapse = new CollapseOptions
        {
            Limits = _options.Limits,
            Trace = _options.Trace,
            BeforeStep = _options.BeforeStep,
            StopBetweenPages = _options.BeforeStep is not null,
            FoundIn = (area.Space, address),
        };
        // Another call holds the lock for writing; a later scan tries again.
        if (!area.Space.Lock.CanRead)
            return CollapseResult.Fail;
        CollapseOperation operation = area.File is null
            ? new AnonymousCollapse(area.Space, address, collapse)
            : new FileCollapse(_machine, area.File, area.PageIndex(address), collapse);
        // If a step has to wait for a lock, the range fails.
        operation.TryRun();
        CollapseResult result = operation.Result!.Value;
        if (_machine.Behavior.BudgetsEntries)
            cost = operation is AnonymousCollapse anonymous ? anonymous.EntriesScanned : result == CollapseResult.PteMappedHugepage ? 1 : cost;
        if (result == CollapseResult.PteMappedHugepage)
        {
            result = PteMappedCollapse.Run(area.Space, address, install: false);
            if (result == CollapseResult.PmdMapped)
                result = CollapseResult.Succeed;
        }
        _machine.MemoryFailure.RunPending();
        _options.Trace?.AddRange(area.Space, address, result);
        _options.AfterRange?.Invoke(area.Space, new RangeResult(address, result, operation.CopiedPages, operation.PoisonedFrame));
        return result;
    }

    /// <returns>False if it was cancelled.</returns>
    private async Task<bool> TrySleepAsync(TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            Task sleep = Task.Delay(pause, _options.Time, cancellation);
            // Returns to the caller of RunAsync even if there is no pause.
            if (sleep.IsCompletedSuccessfully)
                await Task.Yield();
            await sleep.ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
