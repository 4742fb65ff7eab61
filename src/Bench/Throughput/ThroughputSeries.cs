namespace CopyMc.Bench.Throughput;

/// <summary>The throughput of one method against size, in bytes and GiB/s.</summary>
/// <param name="Hot">Where a pattern over the same 2 MiB is copied again and again.</param>
/// <param name="FirstLevel">The same bytes again and again.</param>
/// <param name="Others">Cold, or in huge pages.</param>
internal sealed record ThroughputSeries(
    IReadOnlyList<(long Bytes, double GibibytesPerSecond)> Hot,
    IReadOnlyList<(long Bytes, double GibibytesPerSecond)> FirstLevel,
    IReadOnlyList<(long Bytes, double GibibytesPerSecond)> Others);
