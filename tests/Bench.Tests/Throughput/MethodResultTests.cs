using CopyMc.Bench.Statistics;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Tests.Throughput;

public sealed class MethodResultTests
{
    [Fact]
    public void A_gibibyte_in_a_second_is_one_per_second() =>
        Assert.Equal(1, MethodResult.From("copy", 1 << 30, [1e9], [1e9], copiedExactly: true).MedianGibibytesPerSecond, 12);

    [Fact]
    public void Half_the_time_is_twice_the_ratio() =>
        Assert.Equal(2, MethodResult.From("copy", 64, [5], [10], copiedExactly: true).RatioToNativeMemoryCopy.Median);

    [Fact]
    public void The_ratio_is_taken_within_each_round_so_that_a_slow_round_does_not_count()
    {
        // Everything took ten times as long in the last two rounds; the ratio was 2 in each.
        MethodResult result = MethodResult.From("copy", 64, [5, 50, 50], [10, 100, 100], copiedExactly: true);
        Assert.Equal(new Quartiles(2, 2, 2), result.RatioToNativeMemoryCopy);
    }
}
