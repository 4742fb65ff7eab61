namespace CopyMc.Bench.Machine;

/// <summary>A feature of the system that CopyMc uses.</summary>
/// <param name="Name">The system's name for it.</param>
/// <param name="UsedFor">What CopyMc uses it for.</param>
/// <param name="UnsupportedReason">What is missing; null if the feature works.</param>
internal sealed record FeatureReport(string Name, string UsedFor, string? UnsupportedReason);
