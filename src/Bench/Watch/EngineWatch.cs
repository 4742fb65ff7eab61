using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using CopyMc.Bench.Results;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace CopyMc.Bench.Watch;

/// <summary>
/// An EventPipe session with a process that embeds the engine. Four times a second the runtime reads the engine's meter and sends the values, and
/// the engine sends the faults. Events arrive when the next ones are sent, or when the session ends. A stopped process does not answer, so every
/// wait has a time limit.
/// </summary>
internal sealed class EngineWatch : IDisposable
{
    internal const double IntervalSeconds = 0.25;

    private const string MetricsProvider = "System.Diagnostics.Metrics", EngineProvider = "CopyMc";

    /// <summary>Keywords: the values of instruments; the engine's faults.</summary>
    private const long TimeSeriesValues = 2, Faults = 1;

    private const int BufferMegabytes = 16;

    /// <summary>Generous, because the process may be busy.</summary>
    private static readonly TimeSpan s_firstFigures = TimeSpan.FromSeconds(10), s_lastFigures = TimeSpan.FromSeconds(5);

    private readonly WatchedProcess _process;
    private readonly EventPipeSession _session;
    private readonly BlockingCollection<WatchUpdate> _updates = [];
    private readonly EngineFigures _figures = new();
    private readonly Thread _reader;
    private readonly CancellationTokenSource _silence = new();
    private readonly Lazy<Task> _end;
    private Exception? _error;
    private DateTime? _start;

    private EngineWatch(WatchedProcess process, EventPipeSession session)
    {
        _process = process;
        _session = session;
        _end = new Lazy<Task>(EndAsync);
        _reader = new Thread(Read) { IsBackground = true, Name = "events of the watched process" };
        _reader.Start();
    }

    /// <exception cref="InvalidInputException">The process does not answer, or the token was cancelled first.</exception>
    internal static EngineWatch Start(WatchedProcess process, CancellationToken stop)
    {
        EventPipeProvider[] providers =
        [
            // Other watches share it. An event tells of a tool that reads meters with other settings.
            new(MetricsProvider, EventLevel.Informational, TimeSeriesValues, new Dictionary<string, string>
            {
                ["SessionId"] = "SHARED",
                ["Metrics"] = EngineFigures.MeterName,
                ["RefreshInterval"] = IntervalSeconds.ToString(CultureInfo.InvariantCulture),
                ["MaxTimeSeries"] = "1000",
                ["MaxHistograms"] = "10",
                ["ClientId"] = Guid.NewGuid().ToString(),
            }),
            new(EngineProvider, EventLevel.Warning, Faults),
        ];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(s_firstFigures);
        try
        {
            Task<EventPipeSession> start = process.Client.StartEventPipeSessionAsync(providers, requestRundown: false, BufferMegabytes, patience.Token);
            return new EngineWatch(process, start.GetAwaiter().GetResult());
        }
        catch (OperationCanceledException)
        {
            throw NoAnswer(process);
        }
        catch (Exception error) when (IsOfTheConnection(error))
        {
            throw new InvalidInputException($"Process {process.Id} ({process.Name}) does not answer: {error.Message}");
        }
    }

    /// <summary>Whether the process ended.</summary>
    internal bool ProcessEnded { get; private set; }

    /// <summary>Whether the process stopped answering, so that its last figures are missing.</summary>
    internal bool FellSilent { get; private set; }

    /// <summary>The news of the process until it ends, or up to the moment when the token is cancelled.</summary>
    /// <exception cref="InvalidInputException">The process has no engine, or its meter cannot be read.</exception>
    internal IEnumerable<WatchUpdate> Updates(CancellationToken stop)
    {
        using CancellationTokenRegistration end = stop.Register(() => _ = _end.Value);
        bool any = false;
        while (TryTake(out WatchUpdate update, any ? Timeout.InfiniteTimeSpan : s_firstFigures))
        {
            any = true;
            yield return update;
        }
        if (_error is not null)
            throw _error;
        if (_updates.IsCompleted)
            ProcessEnded = !stop.IsCancellationRequested;
        else if (!any)
            throw NoAnswer(_process);
        else
            FellSilent = true;
    }

    public void Dispose()
    {
        _end.Value.GetAwaiter().GetResult();
        _session.Dispose();
        _reader.Join();
        _updates.Dispose();
        _silence.Dispose();
    }

    /// <summary>Ends the session after the next figures, which include everything up to now.</summary>
    private async Task EndAsync()
    {
        _silence.CancelAfter(s_lastFigures);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(IntervalSeconds)).ConfigureAwait(false);
            await _session.StopAsync(_silence.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException || IsOfTheConnection(error))
        {
            // The process does not answer, or has ended.
        }
    }

    private bool TryTake(out WatchUpdate update, TimeSpan patience)
    {
        try
        {
            // An update that has arrived counts, even after the time limit.
            return _updates.TryTake(out update) || _updates.TryTake(out update, (int)patience.TotalMilliseconds, _silence.Token);
        }
        catch (OperationCanceledException)
        {
            update = default;
            return false;
        }
    }

    private static InvalidInputException NoAnswer(WatchedProcess process) =>
        new($"Process {process.Id} ({process.Name}) does not answer: it is stopped, or too busy, or its runtime is older than .NET 8.");

    private static bool IsOfTheConnection(Exception error) =>
        error is DiagnosticsClientException or IOException or UnauthorizedAccessException or TimeoutException or System.Net.Sockets.SocketException;

    private void Read()
    {
        try
        {
            using var source = new EventPipeEventSource(_session.EventStream);
            source.Dynamic.All += Handle;
            source.Process();
        }
        catch (InvalidInputException error)
        {
            _error = error;
        }
        catch (Exception error) when (IsOfTheConnection(error) || error is FormatException or InvalidOperationException)
        {
            // The stream breaks off when the process is killed.
        }
        finally
        {
            _updates.CompleteAdding();
        }
    }

    private void Handle(TraceEvent happened)
    {
        TimeSpan at = happened.TimeStamp - (_start ??= happened.TimeStamp);
        switch (happened.ProviderName, happened.EventName)
        {
            case (MetricsProvider, "CounterRateValuePublished") when Text(happened, "meterName") == EngineFigures.MeterName:
                _figures.Set(Text(happened, "instrumentName"), Text(happened, "tags"), Text(happened, "value"));
                break;
            case (MetricsProvider, "Collection/Stop"):
                if (!_figures.Any)
                    throw new InvalidInputException($"Process {_process.Id} ({_process.Name}) does not embed the engine, or has not made a CopyEngine yet.");
                _updates.Add(new WatchUpdate(_figures.Read(at)));
                break;
            case (MetricsProvider, "MultipleSessionsNotSupportedError" or "MultipleSessionsConfiguredIncorrectlyError"):
                throw new InvalidInputException($"Another tool reads the meters of process {_process.Id} ({_process.Name}) with settings of its own.");
            case (EngineProvider, "Fault"):
                _updates.Add(new WatchUpdate(Fault: new WatchedFault(
                    at.TotalSeconds,
                    (CopyFaultKind)(int)happened.PayloadByName("kind"),
                    (CopySide)(int)happened.PayloadByName("side"),
                    string.Create(CultureInfo.InvariantCulture, $"0x{(long)happened.PayloadByName("address"):x}"),
                    (long)happened.PayloadByName("extent"))));
                break;
            case (EngineProvider, "HandlerReplaced"):
                _updates.Add(new WatchUpdate(Handler: new WatchedHandler(
                    at.TotalSeconds, Text(happened, "signal"), (HandlerPosition)(int)happened.PayloadByName("position"), Text(happened, "function"))));
                break;
        }
    }

    private static string Text(TraceEvent happened, string member) => happened.PayloadByName(member) as string ?? "";
}
