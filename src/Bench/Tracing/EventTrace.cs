using System.Diagnostics.Tracing;
using CopyMc.Bench.Results;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace CopyMc.Bench.Tracing;

/// <summary>
/// An EventPipe session with this process during a benchmark: the events of the garbage collector, of the engine and of the benchmark's copies.
/// </summary>
internal sealed class EventTrace : IDisposable
{
    internal const string EngineProvider = "CopyMc";

    private const int BufferMegabytes = 256;

    /// <summary>The engine's keywords: faults, long copies, collapses. Known poison would give millions of events.</summary>
    private const long EngineKeywords = 1 | 4 | 8;

    private readonly EventPipeSession _session;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"copymc-{Environment.ProcessId}-{Guid.NewGuid():N}.nettrace");
    private readonly Thread _writer;
    private Exception? _error;
    private bool _stopped;

    /// <exception cref="PlatformNotSupportedException">The process's diagnostic port is switched off.</exception>
    internal EventTrace()
    {
        EventPipeProvider[] providers =
        [
            new(ClrTraceEventParser.ProviderName, EventLevel.Verbose, (long)ClrTraceEventParser.Keywords.GC),
            new(EngineProvider, EventLevel.Verbose, EngineKeywords),
            new(BenchEventSource.ProviderName, EventLevel.Informational),
        ];
        try
        {
            _session = new DiagnosticsClient(Environment.ProcessId).StartEventPipeSession(providers, requestRundown: false, BufferMegabytes);
        }
        catch (DiagnosticsClientException error)
        {
            throw new PlatformNotSupportedException($"This process cannot be traced: {error.Message}", error);
        }
        _writer = new Thread(Write) { IsBackground = true, Name = "event trace" };
        _writer.Start();
    }

    /// <summary>Traces a benchmark, if a file is given.</summary>
    /// <param name="file">The file for the events; null: nothing is traced.</param>
    /// <param name="work">The benchmark.</param>
    /// <exception cref="IOException">The events could not be written.</exception>
    internal static (T Result, TraceReport? Trace) Around<T>(ReportFile? file, Func<T> work)
    {
        if (file is null)
            return (work(), null);
        using var trace = new EventTrace();
        T result = work();
        TraceReport report = TraceAnalysis.Of(trace.Stop(), EngineProvider).Report(file.Path);
        trace.SaveTo(file);
        return (result, report);
    }

    /// <summary>Ends the session.</summary>
    /// <returns>The file with the events, which exists until this is disposed.</returns>
    /// <exception cref="IOException">They could not be written.</exception>
    internal string Stop()
    {
        End();
        return _error is null ? _path : throw new IOException($"The events could not be written: {_error.Message}", _error);
    }

    /// <exception cref="IOException">The disk is full.</exception>
    internal void SaveTo(ReportFile file) => file.WriteBy(path => File.Copy(Stop(), path, overwrite: true));

    public void Dispose()
    {
        End();
        _session.Dispose();
        File.Delete(_path);
    }

    private void End()
    {
        if (_stopped)
            return;
        _stopped = true;
        _session.Stop();
        _writer.Join();
    }

    private void Write()
    {
        try
        {
            using FileStream file = File.Create(_path);
            _session.EventStream.CopyTo(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _error = error;
            // Stop waits until the stream has been read to its end.
            _session.EventStream.CopyTo(Stream.Null);
        }
    }
}
