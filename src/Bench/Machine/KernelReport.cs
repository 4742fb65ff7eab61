namespace CopyMc.Bench.Machine;

/// <summary>One copy kernel, and the reason if it cannot run here.</summary>
internal sealed record KernelReport(string Name, string Isa, bool RecoversFromFaults, bool IsStreaming, string? UnsupportedReason);
