using CopyMc.Bench.Machine;
using CopyMc.Bench.Watch;

namespace CopyMc.Bench.Tests.Watch;

/// <summary>A watch that is made up: ten seconds, in which poison is met.</summary>
internal static class WatchReports
{
    internal static WatchReport Example { get; } = new(
        4711, "simulator", IntervalSeconds: 0.25,
        [
            .. Enumerable.Range(1, 40).Select(i => new WatchReading(
                i * 0.25, i * 123_456_789L, i * 1234, 493_827_156 + i, new PoisonHits(i / 10, 0, i / 20, 0), CommittedCollapses: i, AbortedCollapses: i / 7)),
        ],
        [new WatchedFault(5, CopyFaultKind.BusError, CopySide.Source, "0x7f0000001000", 4096)],
        FaultCount: 1, [new WatchedHandler(6, "SIGBUS", HandlerPosition.Covered, "on_crash in /usr/lib/libreporter.so")], Dump: null, ProcessEnded: true, ProcessFellSilent: false)
    {
        Machine = MachineProbe.Run(CopyEngine.Shared),
    };
}
