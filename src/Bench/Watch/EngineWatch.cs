using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using CopyMc.Bench.Results;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace CopyMc.Bench.Watch;

/// <summary>
/// An EventPipe session with a process that embeds the engine: the runtime reads the engine's meter four times a second and sends what it says,
/// and the engine sends the faults. What was sent last is heard of when the next is, or the session ends. A process that was stopped answers
/// nothing, so that no request to it is waited for without a limit.
/// </summary>
internal sealed class EngineWatch : IDisposable
{
    internal const double IntervalSeconds = 0.25;

    private const string MetricsProvider = "System.Diagnostics.Metrics", EngineProvider = "CopyMc";

    /// <summary>The values of instruments; the engine's faults.</summary>
    private const long TimeSeriesValues = 2, Faults = 1;

    private const int BufferMegabytes = 16;

    /// <summary>For a process that has much else to do.</summary>
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

    /// <exception cref="InvalidInputException">It does not answer, or had not when the token was cancelled.</exception>
    internal static EngineWatch Start(WatchedProcess process, CancellationToken stop)
    {
        EventPipeProvider[] providers =
        [
            // Shared with other watches; whoever else reads meters with other settings is told of by an event.
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

    /// <summary>Whether the process ended by itself.</summary>
    internal bool ProcessEnded { get; private set; }

    /// <summary>Whether it did not answer in the end, so that what it did last is not known.</summary>
    internal bool FellSilent { get; private set; }

    /// <summary>What the process tells, until it ends; or until the token is cancelled, and up to then.</summary>
    /// <exception cref="InvalidInputException">It has no engine, or does not tell.</exception>
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

    /// <summary>Ends the session with the next figures, which hold what happened up to now; the stream ends when all has been sent.</summary>
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
            // It does not answer; or has ended, and the session with it.
        }
    }

    private bool TryTake(out WatchUpdate update, TimeSpan patience)
    {
        try
        {
            // What has come counts, even if it is found too late.
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
            // The stream breaks off where the process is killed.
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
                _updates.Add(new WatchUpdate(_figures.Read(at), null));
                break;
            case (MetricsProvider, "MultipleSessionsNotSupportedError" or "MultipleSessionsConfiguredIncorrectlyError"):
                throw new InvalidInputException($"Another tool reads the meters of process {_process.Id} ({_process.Name}) with settings of its own.");
            case (EngineProvider, "Fault"):
                _updates.Add(new WatchUpdate(null, new WatchedFault(
                    at.TotalSeconds,
                    (CopyFaultKind)(int)happened.PayloadByName("kind"),
                    (CopySide)(int)happened.PayloadByName("side"),
                    string.Create(CultureInfo.InvariantCulture, $"0x{(long)happened.PayloadByName("address"):x}"),
                    (long)happened.PayloadByName("extent"))));
                break;
        }
    }

    private static string Text(TraceEvent happened, string member) => happened.PayloadByName(member) as string ?? "";
}
