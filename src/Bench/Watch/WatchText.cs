using System.Globalization;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Watch;

/// <summary>A watched process as lines, one a second and one for each hit, where there is no terminal.</summary>
internal sealed class WatchText(IAnsiConsole console)
{
    private WatchReading? _last;
    private WatchedFault? _told;
    private WatchedHandler? _toldHandler;
    private string? _dumped;

    internal void Write(WatchReading reading, WatchedFault? fault, WatchedHandler? handler, string? dump)
    {
        if (_last is null)
            console.WriteLine("seconds      copied     per second      copies        hits   committed     aborted");
        if (_last is null || reading.Seconds - _last.Seconds >= 1 - EngineWatch.IntervalSeconds / 2 || reading.Hits != _last.Hits || fault != _told || handler != _toldHandler || dump != _dumped)
            Write(reading);
        if (fault is not null && fault != _told)
            console.WriteLine($"fault: {Describe(fault)}");
        if (handler is not null && handler != _toldHandler)
            console.WriteLine($"recovery: {Describe(handler)}");
        if (dump is not null && dump != _dumped)
            console.WriteLine($"dump: {dump}");
        (_told, _toldHandler, _dumped) = (fault, handler, dump);
    }

    private void Write(WatchReading reading)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{reading.Seconds,7:F1}{Units.Bytes(reading.CopiedBytes),12}{Units.Bytes((long)reading.CopiedBytesPerSecond),13}/s{reading.Copies,12}"
            + $"{reading.Hits.Total,12}{reading.CommittedCollapses,12}{reading.AbortedCollapses,12}"));
        _last = reading;
    }

    internal static string Describe(WatchedFault fault) =>
        $"{fault.Kind} in the {(fault.Side == CopySide.Source ? "source" : "destination")} at {fault.Address}, {Units.Bytes(fault.ExtentBytes)}, after {Units.Number(fault.Seconds)} s";

    internal static string Describe(WatchedHandler handler) => handler.Position == HandlerPosition.Covered
        ? $"{handler.Signal} goes to {handler.Function}; copies recover if that function passes it on"
        : $"{handler.Signal} goes to {(handler.Function.Length == 0 ? "its default action, or nowhere" : handler.Function)}; copies do not recover";

    internal static string Summary(WatchReport report)
    {
        if (report.Readings.Count == 0)
            return "Nothing was read.";
        WatchReading first = report.Readings[0], last = report.Readings[^1];
        return $"{Units.Bytes(last.CopiedBytes)} copied in {Units.Number(last.Seconds)} s, {Units.Count(last.Hits.Total - first.Hits.Total, "poison hit")}, "
            + $"{Units.Count(last.CommittedCollapses - first.CommittedCollapses, "collapse")} committed and {last.AbortedCollapses - first.AbortedCollapses} aborted "
            + $"(since the process started: {last.Hits.Total}, {last.CommittedCollapses} and {last.AbortedCollapses})"
            + $"{(report.ProcessEnded ? "; the process has ended" : report.ProcessFellSilent ? "; the process does not answer" : "")}.";
    }
}
