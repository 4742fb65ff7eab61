using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Tests.Statistics;

public sealed class QuartilesTests
{
    [Theory]
    [InlineData(2, 3, 4, new double[] { 5, 1, 3, 2, 4 })]
    [InlineData(1.75, 2.5, 3.25, new double[] { 4, 1, 3, 2 })]
    [InlineData(7, 7, 7, new double[] { 7 })]
    public void Quartiles_are_interpolated_between_the_nearest_ranks(double lower, double median, double upper, double[] samples) =>
        Assert.Equal(new Quartiles(lower, median, upper), Quartiles.Of(samples));

    [Fact]
    public void The_samples_stay_in_their_order()
    {
        double[] samples = [3, 1, 2];
        _ = Quartiles.Of(samples);
        Assert.Equal([3, 1, 2], samples);
    }

    [Fact]
    public void One_wild_sample_does_not_move_the_median() => Assert.Equal(2, Quartiles.Of([2, 2, 2, 2, 1e9]).Median);

    [Fact]
    public void The_spread_is_a_fraction_of_the_median() => Assert.Equal(0.6, Quartiles.Of([1, 2, 3, 4]).RelativeSpread, 12);

    [Fact]
    public void Nothing_has_no_median() => Assert.Throws<ArgumentException>(() => Quartiles.Of([]));
}
