using System.Text.Json;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tests.Salvage;

/// <summary><c>copymc bench salvage</c>.</summary>
public sealed class BenchSalvageTests
{
    [Fact]
    public void It_measures_1_10_and_256_bad_pages_with_and_without_looking_ahead()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        Assert.SkipUnless(Yardsticks.IsAvailable, "libyardsticks.so was not built.");
        using var directory = new TemporaryDirectory();
        string path = directory.File("salvage.json");
        Copymc run = Copymc.Run("bench", "salvage", "--smoke", "--json", path).ExpectSuccess();
        Assert.Contains("256, together", run.Output);
        Assert.DoesNotContain("FAILED", run.Output);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Equal("copymc/bench-salvage/1", json.RootElement.GetProperty("schema").GetString());
        JsonElement[] rows = [.. json.RootElement.GetProperty("salvages").EnumerateArray()];
        Assert.Equal([1, 10, 256, 256], rows.Select(row => row.GetProperty("badPages").GetInt32()));
        foreach (JsonElement row in rows)
        {
            Assert.True(row.GetProperty("exact").GetBoolean());
            Assert.True(row.GetProperty("ratioToFloor").GetProperty("median").GetDouble() > 0);
            Assert.True(row.GetProperty("ratioToFloorWithoutLookAhead").GetProperty("median").GetDouble() > 0);
        }
    }

    [Fact]
    public void A_kernel_that_does_not_recover() => Copymc.Run("scalar", ["bench", "salvage"]).ExpectOneLineOfError(2, "no latent poison", "scalar");
}
