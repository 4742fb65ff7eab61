namespace CopyMc.Bench.Tracing;

/// <summary>One suspension of all threads; in milliseconds since the trace began.</summary>
/// <param name="Asked">When the collector asked for it.</param>
/// <param name="StoodStill">When the last thread had stopped.</param>
/// <param name="Resumed">When all ran again.</param>
internal readonly record struct Suspension(double Asked, double StoodStill, double Resumed);
