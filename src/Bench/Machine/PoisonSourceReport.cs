namespace CopyMc.Bench.Machine;

/// <summary>One source of poison, and the reason if it does not work here.</summary>
internal sealed record PoisonSourceReport(PoisonSource Source, string? UnsupportedReason);
