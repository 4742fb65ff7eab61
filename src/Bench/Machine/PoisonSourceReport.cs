namespace CopyMc.Bench.Machine;

/// <summary>One source of poison, and why it does not work here if it does not.</summary>
internal sealed record PoisonSourceReport(PoisonSource Source, string? UnsupportedReason);
