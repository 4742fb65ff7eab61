using CopyMc.Bench.Measuring;
using CopyMc.Bench.Salvage;

namespace CopyMc.Bench.Tests.Salvage;

/// <summary><c>copymc bench salvage</c>.</summary>
public sealed class BenchSalvageTests(SmokeRuns runs)
{
    [Fact]
    public void It_measures_1_10_and_256_bad_pages_with_and_without_looking_ahead()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        Assert.SkipUnless(Yardsticks.IsAvailable, "libyardsticks.so was not built.");
        SmokeRun run = runs.Bench("salvage");
        Assert.Contains("256, together", run.Command.Output);
        IReadOnlyList<SalvageRow> rows = ((SalvageReport)run.Result).Salvages;
        Assert.Equal([1, 10, 256, 256], rows.Select(row => row.BadPages));
        Assert.All(rows, row => Assert.True(row.Exact && row.RatioToFloor.Median > 0 && row.RatioToFloorWithoutLookAhead.Median > 0));
    }

    [Fact]
    public void A_kernel_that_does_not_recover() => Copymc.Run("scalar", ["bench", "salvage"]).ExpectOneLineOfError(2, "no latent poison", "scalar");
}
