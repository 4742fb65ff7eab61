using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Tests.Throughput;

public sealed class RooflineTests
{
    [Fact]
    public void It_is_the_raw_copy_with_the_lowest_median_time()
    {
        Roofline roofline = Roofline.Of(["engine", "raw one", "raw two"], [[8, 8, 8], [1, 9, 9], [4, 4, 4]])!;
        Assert.Equal("raw two", roofline.Name);
        Assert.Equal(4, roofline.MedianNanosecondsPerCopy);
        Assert.Equal(0.5, roofline.Ratio.Median);
    }

    [Fact]
    public void The_ratio_is_taken_within_each_round() =>
        Assert.Equal(new Quartiles(0.5, 0.5, 0.5), Roofline.Of(["engine", "raw one"], [[2, 20, 200], [1, 10, 100]])!.Ratio);

    [Fact]
    public void The_librarys_copy_counts_and_what_dotnet_has_does_not() =>
        Assert.Equal(Contenders.LibraryCopy, Roofline.Of(["engine", Contenders.Baseline, Contenders.LibraryCopy], [[3], [1], [2]])!.Name);

    [Fact]
    public void Without_a_raw_copy_there_is_none() => Assert.Null(Roofline.Of(["engine", Contenders.Baseline], [[1], [1]]));

    [Fact]
    public void Every_raw_copy_copies_every_byte_at_every_size()
    {
        Assert.SkipWhen(Yardsticks.RawCopies.Count == 0, "libyardsticks.so was not built: no C compiler.");
        using var buffers = new BufferPair(4 << 20, PageKind.Small);
        foreach (RawCopy copy in Yardsticks.RawCopies)
        {
            for (int size = 1; size <= 4 << 20; size += size < 300 ? 1 : size * 2 / 3)
                Assert.True(buffers.CopiesExactly(new Contender<RawCopy>(copy.Name, copy), new MeasurementPoint("", size)), $"{copy.Name}, {size} bytes");
        }
    }
}
