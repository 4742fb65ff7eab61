using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using CopyMc.Bench.Output;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace CopyMc.Bench.Watching;

/// <summary>
/// An EventPipe session with a process that embeds the engine: the runtime reads the engine's meter four times a second and sends what it says,
/// and the engine sends the faults. What was sent last is heard of when the next is.
/// </summary>
internal sealed class EngineWatch : IDisposable
{
    internal const double IntervalSeconds = 0.25;

    private const string MetricsProvider = "System.Diagnostics.Metrics", EngineProvider = "CopyMc";

    /// <summary>The values of instruments; the engine's faults.</summary>
    private const long TimeSeriesValues = 2, Faults = 1;

    private const int BufferMegabytes = 16;

    /// <summary>For a process that has much else to do.</summary>
    private static readonly TimeSpan s_firstFigures = TimeSpan.FromSeconds(10);

    private readonly WatchedProcess _process;
    private readonly EventPipeSession _session;
    private readonly BlockingCollection<WatchUpdate> _updates = [];
    private readonly EngineFigures _figures = new();
    private readonly Thread _reader;
    private Exception? _error;
    private DateTime? _start;

    private EngineWatch(WatchedProcess process, EventPipeSession session)
    {
        _process = process;
        _session = session;
        _reader = new Thread(Read) { IsBackground = true, Name = "events of the watched process" };
        _reader.Start();
    }

    /// <exception cref="InvalidInputException">It does not answer.</exception>
    internal static EngineWatch Start(WatchedProcess process)
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
        try
        {
            return new EngineWatch(process, process.Client.StartEventPipeSession(providers, requestRundown: false, BufferMegabytes));
        }
        catch (Exception error) when (IsOfTheConnection(error))
        {
            throw new InvalidInputException($"Process {process.Id} ({process.Name}) does not answer: {error.Message}");
        }
    }

    /// <summary>Whether the process ended by itself.</summary>
    internal bool ProcessEnded { get; private set; }

    /// <summary>What the process tells, until it ends or the token is cancelled.</summary>
    /// <exception cref="InvalidInputException">It has no engine, or does not tell.</exception>
    internal IEnumerable<WatchUpdate> Updates(CancellationToken stop)
    {
        TimeSpan patience = s_firstFigures;
        while (true)
        {
            WatchUpdate update;
            try
            {
                if (!_updates.TryTake(out update, patience == Timeout.InfiniteTimeSpan ? -1 : (int)patience.TotalMilliseconds, stop))
                {
                    if (_error is not null)
                        throw _error;
                    if (_updates.IsCompleted)
                    {
                        ProcessEnded = true;
                        yield break;
                    }
                    throw new InvalidInputException($"Process {_process.Id} ({_process.Name}) sends no figures: its runtime is older than .NET 8, or is stopped.");
                }
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
            patience = Timeout.InfiniteTimeSpan;
            yield return update;
        }
    }

    public void Dispose()
    {
        try
        {
            _session.Stop();
        }
        catch (Exception error) when (IsOfTheConnection(error))
        {
            // It has ended, and the session with it.
        }
        _reader.Join();
        _session.Dispose();
        _updates.Dispose();
    }

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
