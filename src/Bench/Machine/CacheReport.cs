namespace CopyMc.Bench.Machine;

/// <summary>One cache of the first processor.</summary>
internal sealed record CacheReport(string Name, long SizeBytes);
