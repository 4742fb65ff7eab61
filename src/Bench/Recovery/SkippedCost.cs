namespace CopyMc.Bench.Recovery;

/// <summary>What was not measured, and why.</summary>
internal sealed record SkippedCost(string What, string Reason);
