namespace CopyMc.Bench.Watch;

/// <summary>News of a watched process: its figures, or a fault.</summary>
internal readonly record struct WatchUpdate(WatchReading? Reading, WatchedFault? Fault);
