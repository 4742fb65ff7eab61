using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tests.Measuring;

/// <summary>A measurement takes no page frame from a machine whose user has not asked for it.</summary>
public sealed class UsablePoisonTests
{
    [Fact]
    public void Page_frames_are_taken_only_where_that_was_asked_for()
    {
        Assert.Contains("COPYMC_TEST_HWPOISON=1", UsablePoison.UnusableReason(PoisonSource.HwPoison, unsupported: null, asked: null));
        Assert.NotNull(UsablePoison.UnusableReason(PoisonSource.HwPoison, unsupported: null, asked: "0"));
        Assert.Null(UsablePoison.UnusableReason(PoisonSource.HwPoison, unsupported: null, asked: "1"));
        Assert.Null(UsablePoison.UnusableReason(PoisonSource.UffdPoison, unsupported: null, asked: null));
        Assert.Equal("it needs Linux", UsablePoison.UnusableReason(PoisonSource.HwPoison, "it needs Linux", asked: null));
    }
}
