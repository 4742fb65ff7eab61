namespace CopyMc.Bench.Rescue;

/// <summary>What a map file says.</summary>
/// <param name="Map">What became of every byte.</param>
/// <param name="Source">Of which source; null where the file does not say, as one of ddrescue's.</param>
/// <param name="Destination">Into which destination; null where the file does not say.</param>
/// <param name="SourceIdentity">What tells that source from another of the same name; null where the file does not say.</param>
/// <param name="SourceModified">When the source's content had last changed as the rescue began; null where the file does not say.</param>
/// <param name="Position">Where the rescue is.</param>
/// <param name="Status">What it is doing there: '?' copying, '-' trying again, '+' finished.</param>
internal sealed record MapFileContent(
    RescueMap Map,
    string? Source,
    string? Destination,
    string? SourceIdentity,
    (long Seconds, uint Nanoseconds)? SourceModified,
    long Position,
    char Status);
