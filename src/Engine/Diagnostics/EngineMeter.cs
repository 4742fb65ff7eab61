using System.Diagnostics.Metrics;

namespace CopyMc.Diagnostics;

/// <summary>
/// The counters of this process's copies and collapses, for OpenTelemetry, <c>dotnet-counters</c> and <c>copymc watch</c>. The meter's
/// name is <c>CopyMc</c>; docs/diagnostics.md lists its instruments.
/// </summary>
/// <remarks>All instruments are observable, so that they cost a copy nothing. Bytes and copies are counted from the first reading on.</remarks>
internal static class EngineMeter
{
    internal const string MeterName = "CopyMc";

    internal static long CommittedCollapses;
    internal static long AbortedCollapses;

    private static readonly Meter s_meter = NewMeter();
    private static readonly KeyValuePair<string, object?> s_long = new("length", "long");
    private static readonly KeyValuePair<string, object?> s_short = new("length", "short");

    private static readonly ObservableCounter<long> s_bytes = s_meter.CreateObservableCounter(
        "copymc.copied", ReadBytes, "By", "Bytes copied: exact for copies of more than 32 KiB (long), an estimate for the others (short).");

    private static readonly ObservableCounter<long> s_copies = s_meter.CreateObservableCounter(
        "copymc.copies", ReadCopies, "{copy}", "Copies: blocks of up to 2 MiB of long copies, and an estimate of the number of short ones.");

    private static readonly ObservableCounter<long> s_hits = s_meter.CreateObservableCounter(
        "copymc.poison.hits", ReadHits, "{copy}", "Copies that met poison, by its kind.");

    private static readonly ObservableCounter<long> s_committed = s_meter.CreateObservableCounter(
        "copymc.collapses.committed", () => Volatile.Read(ref CommittedCollapses), "{collapse}", "Collapses into a huge page.");

    private static readonly ObservableCounter<long> s_aborted = s_meter.CreateObservableCounter(
        "copymc.collapses.aborted", () => Volatile.Read(ref AbortedCollapses), "{collapse}", "Collapses that were aborted and unwound.");

    private static readonly ObservableGauge<long> s_onTop = s_meter.CreateObservableGauge(
        "copymc.recovery.on_top", ReadOnTop, "{handler}", "1 if the kernel calls the handler of CopyMc first, 0 if another one has replaced it.");

    /// <summary>Whether a listener, inside the process or outside, reads the counters of copies.</summary>
    internal static bool IsListenedTo => s_bytes.Enabled || s_copies.Enabled;

    /// <summary>Creates the meter and the event source, so that listeners see them. Making an engine calls this.</summary>
    internal static void Publish()
    {
        GC.KeepAlive(s_meter);
        GC.KeepAlive(EngineEventSource.Log);
    }

    private static Meter NewMeter()
    {
        var meter = new Meter(MeterName, "1");
        LoadContext.OnUnload(() =>
        {
            meter.Dispose();
            EngineEventSource.Log.Dispose();
        });
        return meter;
    }

    private static Measurement<long>[] ReadBytes()
    {
        ShortCopySampler.Start();
        return
        [
            new(CopyCounters.Sum().LongBytes, s_long),
            new(ShortCopySampler.EstimatedBytes, s_short),
        ];
    }

    private static Measurement<long>[] ReadCopies()
    {
        ShortCopySampler.Start();
        return
        [
            new(CopyCounters.Sum().LongCopies, s_long),
            new(ShortCopySampler.EstimatedCopies, s_short),
        ];
    }

    private static Measurement<long>[] ReadHits()
    {
        CounterCell sum = CopyCounters.Sum();
        return
        [
            Hits(sum.KnownPoison, "known_poison"),
            Hits(sum.MachineChecks, "machine_check"),
            Hits(sum.BusErrors, "bus_error"),
            Hits(sum.AccessViolations, "access_violation"),
        ];
    }

    private static List<Measurement<long>> ReadOnTop()
    {
        var handlers = new List<Measurement<long>>(2);
        foreach ((string signal, SignalHandler handler) in (ReadOnlySpan<(string, SignalHandler)>)
            [("SIGBUS", FaultRecovery.SigBusHandler), ("SIGSEGV", FaultRecovery.SigSegvHandler)])
        {
            if (handler.Position == HandlerPosition.NotEnabled)
                continue;
            if (handler.Position != HandlerPosition.OnTop)
                EngineEventSource.Log.HandlerReplaced(signal, (int)handler.Position, handler.Function ?? "");
            handlers.Add(new(handler.Position == HandlerPosition.OnTop ? 1 : 0, new KeyValuePair<string, object?>("signal", signal)));
        }
        return handlers;
    }

    private static Measurement<long> Hits(long count, string kind) => new(count, new KeyValuePair<string, object?>("kind", kind));
}
