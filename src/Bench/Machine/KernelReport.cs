namespace CopyMc.Bench.Machine;

/// <summary>One copy kernel, and why it cannot run here if it cannot.</summary>
internal sealed record KernelReport(string Name, string Isa, bool RecoversFromFaults, bool IsStreaming, string? UnsupportedReason);
