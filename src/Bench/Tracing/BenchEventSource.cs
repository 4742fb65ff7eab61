using System.Diagnostics.Tracing;

namespace CopyMc.Bench.Tracing;

/// <summary>Where a benchmark copies, whoever it is that does: copies that do not go through the engine are to be found in a trace too.</summary>
[EventSource(Name = ProviderName)]
internal sealed class BenchEventSource : EventSource
{
    internal const string ProviderName = "CopyMc-Bench";

    internal static readonly BenchEventSource Log = new();

    private BenchEventSource()
    {
    }

    /// <param name="method">Which of those that are compared.</param>
    [Event(1, Level = EventLevel.Informational, ActivityOptions = EventActivityOptions.Disable)]
    internal void CopyStart(int method) => WriteEvent(1, method);

    [Event(2, Level = EventLevel.Informational, ActivityOptions = EventActivityOptions.Disable)]
    internal void CopyStop(int method) => WriteEvent(2, method);
}
