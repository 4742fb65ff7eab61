using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>
/// The agent that walks all address spaces and collapses what is worth it (<c>mm/khugepaged.c</c>). Not thread-safe: it acts on the
/// machine, which is not.
/// </summary>
/// <param name="machine">The machine.</param>
/// <param name="options">The settings; <see langword="null"/>: the kernel's defaults.</param>
public sealed class Khugepaged(SimulatedMachine machine, KhugepagedOptions? options = null)
{
    private readonly KhugepagedOptions _options = options ?? new KhugepagedOptions();
    private AddressSpace? _space;
    private ulong _address;
    private int _left;
    private int _starts;

    /// <summary>Ranges looked at since it was made.</summary>
    public long RangesScanned { get; private set; }

    /// <summary>How the range looked at last ended; <see langword="null"/> before the first.</summary>
    public CollapseResult? LastResult { get; private set; }

    /// <summary>Scans and sleeps until it is cancelled (<c>khugepaged</c>).</summary>
    /// <param name="cancellation">Ends it; it is heard between two batches.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            // The first time that there is no huge page it waits, and goes on; the second time is the end of the batch.
            if (!ScanBatch() && await TrySleepAsync(_options.AllocSleep, cancellation).ConfigureAwait(false))
                GoOn();
            await TrySleepAsync(_options.ScanSleep, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Scans as many pages as one batch has (<c>khugepaged_do_scan</c>), from where the last one ended.</summary>
    /// <returns>False if it stopped early for want of a huge page.</returns>
    public bool ScanBatch()
    {
        _left = _options.PagesToScan;
        _starts = 0;
        return GoOn();
    }

    private bool GoOn()
    {
        while (_left > 0)
        {
            // Past the first address space a second time: what was not worth it then is not in the same batch either.
            if (_space is null && ++_starts == 2)
                break;
            if (!TryFindRange(out Vma? area))
            {
                machine.Counters.FullScans++;
                continue;
            }
            ulong address = _address;
            _address += NativeRegion.HugePageSize;
            RangesScanned++;
            LastResult = Collapse(area!, address, out int cost);
            _left -= cost;
            if (LastResult == CollapseResult.Succeed)
                machine.Counters.PagesCollapsed++;
            if (LastResult is CollapseResult.AllocHugePageFail)
                return false;
        }
        return true;
    }

    /// <summary>Moves the cursor to the next 2 MiB range that may have a huge page. False at the end of all address spaces.</summary>
    private bool TryFindRange(out Vma? found)
    {
        const ulong HugeMask = NativeRegion.HugePageSize - 1;
        found = null;
        IReadOnlyList<AddressSpace> spaces = machine.ScannedByKhugepaged;
        // A process that has exited left the list: the scan goes on with the next.
        foreach (AddressSpace space in spaces.SkipWhile(space => _space is not null && space.KhugepagedTurn < _space.KhugepagedTurn).ToArray())
        {
            if (space != _space)
                (_space, _address) = (space, 0);
            foreach (Vma area in space.Areas)
            {
                if (area.End <= _address)
                    continue;
                // A range that has become ineligible is stepped over, at the price of one page.
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
        // Somebody has the address space for himself: another time.
        if (!area.Space.Lock.CanRead)
            return CollapseResult.Fail;
        CollapseOperation operation = area.File is null
            ? new AnonymousCollapse(area.Space, address, collapse)
            : new FileCollapse(machine, area.File, area.PageIndex(address), collapse);
        // So it is left where somebody is in the middle of it: a range that gave up has failed.
        operation.TryRun();
        CollapseResult result = operation.Result!.Value;
        if (machine.Behavior.BudgetsEntries)
            cost = operation is AnonymousCollapse anonymous ? anonymous.EntriesScanned : result == CollapseResult.PteMappedHugepage ? 1 : cost;
        if (result == CollapseResult.PteMappedHugepage)
        {
            result = PteMappedCollapse.Run(area.Space, address, install: false);
            if (result == CollapseResult.PmdMapped)
                result = CollapseResult.Succeed;
        }
        machine.MemoryFailure.RunPending();
        _options.Trace?.AddRange(area.Space, address, result);
        return result;
    }

    /// <returns>False if it was cancelled.</returns>
    private async Task<bool> TrySleepAsync(TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            Task sleep = Task.Delay(pause, _options.Time, cancellation);
            // No pause is no reason to keep the caller's thread.
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
