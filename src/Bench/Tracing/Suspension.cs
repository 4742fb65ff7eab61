namespace CopyMc.Bench.Tracing;

/// <summary>One suspension of all threads; in milliseconds since the trace began.</summary>
/// <param name="Asked">When the collector requested it.</param>
/// <param name="StoodStill">When the last thread was suspended.</param>
/// <param name="Resumed">When all threads ran again.</param>
internal readonly record struct Suspension(double Asked, double StoodStill, double Resumed);
