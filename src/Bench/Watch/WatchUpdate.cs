namespace CopyMc.Bench.Watch;

/// <summary>What a watched process tells: its figures now and then, and faults as they happen.</summary>
internal readonly record struct WatchUpdate(WatchReading? Reading, WatchedFault? Fault);
