using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Tune;

/// <summary>How long a copy of one size takes in each way, measured in interleaved rounds.</summary>
/// <param name="Bytes">Bytes of one copy.</param>
/// <param name="Temperature">Where the data is when a copy starts.</param>
/// <param name="Threads">Threads that copy at the same time, each its own memory.</param>
/// <param name="Distance">Destination minus source modulo 4096.</param>
/// <param name="Ways">The ways.</param>
internal sealed record TunePoint(long Bytes, Temperature Temperature, int Threads, int Distance, IReadOnlyList<TuneTime> Ways)
{
    internal TuneTime Fastest => Ways.MinBy(way => way.Nanoseconds.Median)!;

    internal Quartiles TimeOf(string way) => Ways.First(one => one.Way == way).Nanoseconds;
}

/// <summary>The time of one copy in one way.</summary>
/// <param name="Way">The way.</param>
/// <param name="Nanoseconds">Of a copy, and of the read after it where that counts.</param>
/// <param name="GibibytesPerSecond">The throughput of one thread, from the median time.</param>
internal sealed record TuneTime(string Way, Quartiles Nanoseconds, double GibibytesPerSecond)
{
    internal static TuneTime Of(string way, long bytes, Quartiles nanoseconds) => new(way, nanoseconds, bytes / nanoseconds.Median * 1e9 / (1 << 30));
}
