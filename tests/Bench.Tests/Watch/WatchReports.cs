using CopyMc.Bench.Watch;

namespace CopyMc.Bench.Tests.Watch;

/// <summary>A watch that is made up: ten seconds, in which poison is met.</summary>
internal static class WatchReports
{
    internal static WatchReport Example { get; } = new()
    {
        StartedAt = DateTimeOffset.UnixEpoch,
        Machine = Machine.MachineProbe.Run(CopyEngine.Shared),
        ProcessId = 4711,
        ProcessName = "simulator",
        IntervalSeconds = 0.25,
        Readings = [.. Enumerable.Range(1, 40).Select(i => new WatchReading
        {
            Seconds = i * 0.25,
            CopiedBytes = i * 123_456_789L,
            Copies = i * 1234,
            CopiedBytesPerSecond = 493_827_156 + i,
            Hits = new PoisonHits(i / 10, 0, i / 20, 0),
            CommittedCollapses = i,
            AbortedCollapses = i / 7,
        })],
        Faults = [new WatchedFault(5, CopyFaultKind.BusError, CopySide.Source, "0x7f0000001000", 4096)],
        FaultCount = 1,
        Dump = null,
        ProcessEnded = true,
    };
}
