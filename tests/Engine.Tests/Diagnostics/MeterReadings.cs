using System.Diagnostics.Metrics;
using CopyMc.Diagnostics;

namespace CopyMc.Engine.Tests.Diagnostics;

/// <summary>Listens to the engine's meter, as OpenTelemetry does, and reads its counters by instrument and tag: "copymc.memory.copied long".</summary>
internal sealed class MeterReadings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _values = [];

    internal MeterReadings()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == EngineMeter.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _values[tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}"] = value);
        _listener.Start();
        // The first reading starts the counting.
        Read();
    }

    public void Dispose() => _listener.Dispose();

    internal IReadOnlyDictionary<string, long> Read()
    {
        _listener.RecordObservableInstruments();
        return _values;
    }
}
