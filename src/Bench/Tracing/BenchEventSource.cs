using System.Diagnostics.Tracing;

namespace CopyMc.Bench.Tracing;

/// <summary>Events for the copies of a benchmark, so that a trace also shows copies that do not use the engine.</summary>
[EventSource(Name = ProviderName)]
internal sealed class BenchEventSource : EventSource
{
    internal const string ProviderName = "CopyMc-Bench";

    internal static readonly BenchEventSource Log = new();

    private BenchEventSource()
    {
    }

    /// <param name="method">The index of the compared method.</param>
    [Event(1, Level = EventLevel.Informational, ActivityOptions = EventActivityOptions.Disable)]
    internal void CopyStart(int method) => WriteEvent(1, method);

    [Event(2, Level = EventLevel.Informational, ActivityOptions = EventActivityOptions.Disable)]
    internal void CopyStop(int method) => WriteEvent(2, method);
}
