using CopyMc.Contract;

namespace CopyMc.Engine.Tests.Poison;

/// <summary>The tests take no page frame from a machine whose user has not asked for it.</summary>
public sealed class RealPoisonTests
{
    [Fact]
    public void Page_frames_are_taken_only_where_that_was_asked_for()
    {
        Assert.Contains("COPYMC_TEST_HWPOISON=1", RealPoison.UnusableReason(PoisonSource.HwPoison, unsupported: null, isAsked: false));
        Assert.Null(RealPoison.UnusableReason(PoisonSource.HwPoison, unsupported: null, isAsked: true));
    }

    [Fact]
    public void Nothing_else_has_to_be_asked_for()
    {
        foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.HwPoison))
            Assert.Null(RealPoison.UnusableReason(source, unsupported: null, isAsked: false));
    }

    [Fact]
    public void What_does_not_work_here_says_so_first() =>
        Assert.Equal("it needs Linux", RealPoison.UnusableReason(PoisonSource.HwPoison, "it needs Linux", isAsked: false));
}
