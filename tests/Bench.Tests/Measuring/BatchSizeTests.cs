using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tests.Measuring;

public sealed class BatchSizeTests
{
    private static readonly TimeSpan s_batch = TimeSpan.FromMilliseconds(4);

    [Fact]
    public void A_batch_takes_as_long_as_was_asked_for() => Assert.Equal(400_000u, BatchSize.For(s_batch, least: 1, _ => 10));

    [Fact]
    public void It_is_never_below_the_least() => Assert.Equal(64u, BatchSize.For(s_batch, least: 64, _ => 1e9));

    [Fact]
    public void A_try_that_the_machine_interrupted_does_not_count()
    {
        int calls = 0;
        Assert.Equal(400_000u, BatchSize.For(s_batch, least: 1, _ => calls++ == 0 ? 1e7 : 10));
    }
}
