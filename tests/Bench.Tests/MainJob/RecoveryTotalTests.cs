using CopyMc.Bench.MainJob;

namespace CopyMc.Bench.Tests.MainJob;

public sealed class RecoveryTotalTests
{
    [Fact]
    public void Regions_add_up_and_one_check_that_failed_is_counted()
    {
        RecoveryCase held = Case(copied: 100, microseconds: 1);
        RecoveryTotal total = Assert.Single(RecoveryTotal.Of([held, held, Case(copied: 40, microseconds: 9) with { PrefixEqualsFile = false }]));
        Assert.Equal(240, total.BytesCopied);
        Assert.Equal(60, total.BytesNotCopied);
        Assert.Equal(1, total.MedianCopyMicroseconds);
        Assert.Equal(9, total.MaxCopyMicroseconds);
        Assert.Equal((14, 1), (total.ChecksHeld, total.ChecksFailed));
    }

    [Fact]
    public void What_was_to_be_learned_and_was_not_is_a_failed_check()
    {
        Assert.True(Case(0, 1).EveryCheckHeld);
        Assert.True((Case(0, 1) with { MapHasLearned = true }).EveryCheckHeld);
        Assert.False((Case(0, 1) with { MapHasLearned = false }).EveryCheckHeld);
    }

    private static RecoveryCase Case(long copied, double microseconds) => new(
        Region: 0, RegionBytes: 100, PoisonState.Latent, PoisonPosition.MiddleLine, PoisonSource.UffdPoison, PoisonedOffsetBytes: 64, copied, 100 - copied,
        CopyFaultKind.BusError, CopySide.Source, FaultOffsetBytes: 0, FaultExtentBytes: 4096, microseconds, CountExact: true, FaultExact: true,
        PrefixEqualsFile: true, NothingWrittenAfter: true, MapHasLearned: true);
}
