using CopyMc.Contract;

namespace CopyMc.Engine.Tests.Poison;

/// <summary>The tests cost page frames only if the environment variable allows it.</summary>
public sealed class RealPoisonTests
{
    [Fact]
    public void Page_frames_are_lost_only_if_the_variable_is_set()
    {
        Assert.Contains("COPYMC_TEST_HWPOISON=1", RealPoison.UnusableReason(PoisonSource.HwPoison, unsupported: null, isAllowed: false));
        Assert.Null(RealPoison.UnusableReason(PoisonSource.HwPoison, unsupported: null, isAllowed: true));
    }

    [Fact]
    public void Other_sources_need_no_variable()
    {
        foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.HwPoison))
            Assert.Null(RealPoison.UnusableReason(source, unsupported: null, isAllowed: false));
    }

    [Fact]
    public void A_source_that_does_not_work_gives_that_reason_first() =>
        Assert.Equal("it needs Linux", RealPoison.UnusableReason(PoisonSource.HwPoison, "it needs Linux", isAllowed: false));
}
