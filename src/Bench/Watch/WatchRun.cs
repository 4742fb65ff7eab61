using CopyMc.Bench.Results;

namespace CopyMc.Bench.Watch;

/// <summary>Watches a process until it ends or the watch is interrupted, and takes a dump when poison is hit.</summary>
/// <param name="process">The process.</param>
/// <param name="dump">The file for a dump; null: none is taken.</param>
/// <param name="length">Time from the first figures to the end of the watch; null: no limit.</param>
internal sealed class WatchRun(WatchedProcess process, ReportFile? dump, TimeSpan? length)
{
    /// <summary>Limits the memory of the report on a machine with many faults.</summary>
    private const int MostFaults = 1000;

    private readonly List<WatchReading> _readings = [];
    private readonly List<WatchedFault> _faults = [];
    private readonly List<WatchedHandler> _handlers = [];
    private long _faultCount;
    private string? _dumped;

    /// <param name="show">Receives each reading, the last fault, the last handler over the engine's, and the file of the dump.</param>
    /// <param name="interrupted">Ends the watch.</param>
    /// <exception cref="InvalidInputException">The process has no engine, or does not answer.</exception>
    /// <exception cref="IOException">The dump could not be written.</exception>
    internal WatchReport Run(Action<WatchReading, WatchedFault?, WatchedHandler?, string?> show, CancellationToken interrupted)
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
            if (update.Handler is { } handler && _handlers.Count < MostFaults && (_handlers.Count == 0 || !handler.IsSameAs(_handlers[^1])))
                _handlers.Add(handler);
            if (update.Reading is { } reading)
            {
                _readings.Add(reading);
                show(reading, last, _handlers.LastOrDefault(), _dumped);
                if (length is { } limit && _readings.Count == 1)
                    stop.CancelAfter(limit);
            }
            if (dump is not null && _dumped is null && PoisonWasHit)
                Dump(dump);
        }
        return new WatchReport(
            process.Id, process.Name, EngineWatch.IntervalSeconds, _readings, _faults, _faultCount, _handlers, _dumped, watch.ProcessEnded, watch.FellSilent);
    }

    /// <summary>During this watch.</summary>
    private bool PoisonWasHit => _faultCount > 0 || (_readings.Count > 1 && _readings[^1].Hits.Total > _readings[0].Hits.Total);

    private void Dump(ReportFile file)
    {
        file.WriteBy(path => ProcessDump.Write(process, path));
        _dumped = file.Path;
    }
}
