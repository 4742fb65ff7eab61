using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Tests.Statistics;

public sealed class QuartilesTests
{
    [Fact]
    public void Of_an_odd_number_the_median_is_the_one_in_the_middle() => Assert.Equal(3, Quartiles.Of([5, 1, 3, 2, 4]).Median);

    [Fact]
    public void Of_an_even_number_the_median_is_between_the_two_in_the_middle() => Assert.Equal(2.5, Quartiles.Of([4, 1, 3, 2]).Median);

    [Fact]
    public void Quartiles_lie_between_the_nearest_ranks() => Assert.Equal(new Quartiles(1.75, 2.5, 3.25), Quartiles.Of([1, 2, 3, 4]));

    [Fact]
    public void One_sample_is_all_three() => Assert.Equal(new Quartiles(7, 7, 7), Quartiles.Of([7]));

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
