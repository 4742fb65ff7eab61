using System.Diagnostics.Tracing;
using CopyMc.Diagnostics;
using CopyMc.Engine.Tests.Copying;

namespace CopyMc.Engine.Tests.Diagnostics;

/// <summary>The events that a session receives. Other tests copy at the same time, so only events of these copies are checked.</summary>
public sealed unsafe class EventSourceTests : IDisposable
{
    private readonly NativeRegion _source = new(100_000);
    private readonly NativeRegion _destination = new(100_000);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Fact]
    public void The_events_are_described_without_an_error()
    {
        string? manifest = EventSource.GenerateManifest(typeof(EngineEventSource), null, EventManifestOptions.Strict);
        Assert.Contains("name=\"CopyMc\"", manifest, StringComparison.Ordinal);
        Assert.Null(EngineEventSource.Log.ConstructionException);
    }

    [Theory]
    [ClassData(typeof(Faults.EveryRecoveringKernel))]
    public void A_fault_is_reported_with_its_address(string kernel)
    {
        PoisonInjector.Inject(_source, 8192, PoisonSource.TruncatedMapping);
        using var heard = new HeardEvents(EventLevel.Warning, EngineEventSource.Keywords.Faults);
        _ = Engines.Of(kernel).Copy(_source.Pointer, _destination.Pointer, 10_000);
        HeardEvent fault = Assert.Single(heard.Events, one => one.Has("address", (long)_source.Pointer + 8192));
        Assert.Equal("Fault", fault.Name);
        Assert.True(fault.Has("kind", (int)CopyFaultKind.BusError) && fault.Has("side", (int)CopySide.Source));
        Assert.True(fault.Has("extent", (long)NativeRegion.PageSize));
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Known_poison_is_reported_to_a_session_with_its_keyword(string kernel)
    {
        _source.Poison.Mark(6400);
        using var asks = new HeardEvents(EventLevel.Verbose, EngineEventSource.Keywords.KnownPoison);
        _ = Engines.Of(kernel).Copy(_source.Pointer, _destination.Pointer, 10_000);
        Assert.Equal("KnownPoison", Assert.Single(asks.Events, one => one.Has("address", (long)_source.Pointer + 6400)).Name);
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Long_copies_start_and_stop(string kernel)
    {
        using var heard = new HeardEvents(EventLevel.Verbose, EngineEventSource.Keywords.Copies);
        _source.Poison.Mark(64_000);
        _ = Engines.Of(kernel).Copy(_source.Pointer, _destination.Pointer, 100_000);
        HeardEvent start = Assert.Single(heard.Events, one => one.Has("source", (long)_source.Pointer));
        Assert.True(start.Name == "CopyStart" && start.Has("destination", (long)_destination.Pointer) && start.Has("byteCount", 100_000L));
        HeardEvent stop = heard.Events.SkipWhile(one => one != start).First(one => one.Thread == start.Thread && one != start);
        Assert.True(stop.Name == "CopyStop" && stop.Has("remaining", 36_000L));
    }

    [Fact]
    public void Collapses_are_reported_with_their_result()
    {
        using var heard = new HeardEvents(EventLevel.Informational, EngineEventSource.Keywords.Collapses);
        EngineEventSource.Log.CollapseCommitted();
        EngineEventSource.Log.CollapseAborted(int.MinValue);
        Assert.Contains(heard.Events, one => one.Name == "Committed");
        Assert.Contains(heard.Events, one => one.Name == "Aborted" && one.Has("resultCode", int.MinValue));
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Listening_allocates_nothing_in_copies(string kernel)
    {
        using var readings = new MeterReadings();
        CopyEngine engine = Engines.Of(kernel);
        _source.Poison.Mark(90_000);
        Copy(engine, 1);
        Assert.Equal(0, Allocations.During(() => Copy(engine, 1000)));
    }

    private void Copy(CopyEngine engine, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _ = engine.Copy(_source.Pointer, _destination.Pointer, 64);
            _ = engine.Copy(_source.Pointer, _destination.Pointer, 100_000);
        }
    }
}
