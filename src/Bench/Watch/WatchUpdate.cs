namespace CopyMc.Bench.Watch;

/// <summary>News of a watched process: its figures, a fault, or a handler over the engine's.</summary>
internal readonly record struct WatchUpdate(WatchReading? Reading = null, WatchedFault? Fault = null, WatchedHandler? Handler = null);
