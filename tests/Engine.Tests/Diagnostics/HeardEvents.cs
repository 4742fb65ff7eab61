using System.Diagnostics.Tracing;
using CopyMc.Diagnostics;

namespace CopyMc.Engine.Tests.Diagnostics;

/// <summary>Listens to the engine's events.</summary>
internal sealed class HeardEvents : EventListener
{
    private readonly Lock _lock = new();
    private readonly List<HeardEvent> _events = [];

    internal HeardEvents(EventLevel level, EventKeywords keywords) => EnableEvents(EngineEventSource.Log, level, keywords);

    internal IReadOnlyList<HeardEvent> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var payload = eventData.PayloadNames!.Zip(eventData.Payload!).ToDictionary(pair => pair.First, pair => pair.Second);
        lock (_lock)
            _events.Add(new HeardEvent(eventData.EventName!, eventData.OSThreadId, payload));
    }
}
