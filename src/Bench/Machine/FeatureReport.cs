namespace CopyMc.Bench.Machine;

/// <summary>One thing that the system can do for CopyMc, and why it cannot if it cannot.</summary>
/// <param name="Name">What the system calls it.</param>
/// <param name="UsedFor">What CopyMc does with it.</param>
/// <param name="UnsupportedReason">What is missing; null if nothing is.</param>
internal sealed record FeatureReport(string Name, string UsedFor, string? UnsupportedReason);
