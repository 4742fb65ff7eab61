using System.Diagnostics.Metrics;

namespace CopyMc.Diagnostics;

/// <summary>
/// The counters of this process's copies and collapses, for OpenTelemetry, <c>dotnet-counters</c> and <c>copymc watch</c>. The meter's
/// name is <c>CopyMc</c>; docs/diagnostics.md lists its instruments and says why they are named so.
/// </summary>
/// <remarks>All instruments are observable, so that they cost a copy nothing. Bytes and copies are counted from the first reading on.</remarks>
internal static class EngineMeter
{
    internal const string MeterName = "CopyMc";

    private const string
        CopyLength = "copymc.copy.length", FaultKind = "copymc.fault.kind", CollapseOutcome = "copymc.collapse.outcome", SignalName = "copymc.signal.name";

    internal static long CommittedCollapses;
    internal static long AbortedCollapses;

    private static readonly Meter s_meter = NewMeter();

    private static readonly ObservableCounter<long> s_bytes = s_meter.CreateObservableCounter(
        "copymc.memory.copied", ReadBytes, "By", "Bytes copied: exact for copies of more than 32 KiB (long), an estimate for the others (short).");

    private static readonly ObservableCounter<long> s_copies = s_meter.CreateObservableCounter(
        "copymc.copies", ReadCopies, "{copy}", "Copies: blocks of up to 2 MiB of long copies, and an estimate of the number of short ones.");

    private static readonly ObservableCounter<long> s_hits = s_meter.CreateObservableCounter(
        "copymc.poison.hits", ReadHits, "{hit}", "Copies that met poison, by the kind of fault.");

    private static readonly ObservableCounter<long> s_collapses = s_meter.CreateObservableCounter(
        "copymc.collapses", ReadCollapses, "{collapse}", "Collapses into a huge page: committed, or aborted and unwound.");

    private static readonly ObservableUpDownCounter<long> s_onTop = s_meter.CreateObservableUpDownCounter(
        "copymc.signal_handler.on_top", ReadOnTop, "{handler}", "1 if the kernel calls the handler of CopyMc first, 0 if another one has replaced it.");

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
        var meter = new Meter(MeterName, typeof(EngineMeter).Assembly.GetName().Version?.ToString(3));
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
            Tagged(CopyCounters.Sum().LongBytes, CopyLength, "long"),
            Tagged(ShortCopySampler.EstimatedBytes, CopyLength, "short"),
        ];
    }

    private static Measurement<long>[] ReadCopies()
    {
        ShortCopySampler.Start();
        return
        [
            Tagged(CopyCounters.Sum().LongCopies, CopyLength, "long"),
            Tagged(ShortCopySampler.EstimatedCopies, CopyLength, "short"),
        ];
    }

    private static Measurement<long>[] ReadHits()
    {
        CounterCell sum = CopyCounters.Sum();
        return
        [
            Tagged(sum.KnownPoison, FaultKind, "known_poison"),
            Tagged(sum.MachineChecks, FaultKind, "machine_check"),
            Tagged(sum.BusErrors, FaultKind, "bus_error"),
            Tagged(sum.AccessViolations, FaultKind, "access_violation"),
        ];
    }

    private static Measurement<long>[] ReadCollapses() =>
    [
        Tagged(Volatile.Read(ref CommittedCollapses), CollapseOutcome, "committed"),
        Tagged(Volatile.Read(ref AbortedCollapses), CollapseOutcome, "aborted"),
    ];

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
            handlers.Add(Tagged(handler.Position == HandlerPosition.OnTop ? 1 : 0, SignalName, signal));
        }
        return handlers;
    }

    private static Measurement<long> Tagged(long value, string tag, string of) => new(value, new KeyValuePair<string, object?>(tag, of));
}
