namespace CopyMc.Bench.Throughput;

/// <summary>One method's throughput against size.</summary>
/// <param name="Name">The method.</param>
/// <param name="Color">Its place among the colours of series.</param>
/// <param name="Hot">Bytes and GiB/s where a pattern over the same 2 MiB is copied again and again.</param>
/// <param name="FirstLevel">The same bytes again and again.</param>
/// <param name="Others">Cold, or in huge pages.</param>
internal sealed record ThroughputSeries(
    string Name,
    int Color,
    IReadOnlyList<(long Bytes, double GibibytesPerSecond)> Hot,
    IReadOnlyList<(long Bytes, double GibibytesPerSecond)> FirstLevel,
    IReadOnlyList<(long Bytes, double GibibytesPerSecond)> Others);
