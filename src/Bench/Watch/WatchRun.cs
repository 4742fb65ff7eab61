using CopyMc.Bench.Results;

namespace CopyMc.Bench.Watch;

/// <summary>Watches a process until it ends or somebody says stop, and takes a dump of it when poison is hit.</summary>
/// <param name="process">The process.</param>
/// <param name="dump">Where a dump goes; null: none is taken.</param>
/// <param name="length">Ends it so long after the first figures; null: it has no end of its own.</param>
internal sealed class WatchRun(WatchedProcess process, ReportFile? dump, TimeSpan? length)
{
    /// <summary>A report that grew with every fault would fill the memory of a machine that goes bad.</summary>
    private const int MostFaults = 1000;

    private readonly List<WatchReading> _readings = [];
    private readonly List<WatchedFault> _faults = [];
    private long _faultCount;
    private string? _dumped;

    /// <param name="show">Is given each reading, the last fault, and where a dump was written.</param>
    /// <param name="interrupted">Ends it.</param>
    /// <exception cref="InvalidInputException">The process has no engine, or does not answer.</exception>
    /// <exception cref="IOException">The dump could not be written.</exception>
    internal WatchReport Run(Action<WatchReading, WatchedFault?, string?> show, CancellationToken interrupted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        using EngineWatch watch = EngineWatch.Start(process, stop.Token);
        WatchedFault? last = null;
        foreach (WatchUpdate update in watch.Updates(stop.Token))
        {
            if (update.Fault is { } fault)
            {
                last = fault;
                _faultCount++;
                if (_faults.Count < MostFaults)
                    _faults.Add(fault);
            }
            if (update.Reading is { } reading)
            {
                _readings.Add(reading);
                show(reading, last, _dumped);
                if (length is { } limit && _readings.Count == 1)
                    stop.CancelAfter(limit);
            }
            if (dump is not null && _dumped is null && PoisonWasHit)
                Dump(dump);
        }
        return new WatchReport
        {
            ProcessId = process.Id,
            ProcessName = process.Name,
            IntervalSeconds = EngineWatch.IntervalSeconds,
            Readings = _readings,
            Faults = _faults,
            FaultCount = _faultCount,
            Dump = _dumped,
            ProcessEnded = watch.ProcessEnded,
            ProcessFellSilent = watch.FellSilent,
        };
    }

    /// <summary>Since it is watched.</summary>
    private bool PoisonWasHit => _faultCount > 0 || (_readings.Count > 1 && _readings[^1].Hits.Total > _readings[0].Hits.Total);

    private void Dump(ReportFile file)
    {
        file.WriteBy(path => ProcessDump.Write(process, path));
        _dumped = file.Path;
    }
}
