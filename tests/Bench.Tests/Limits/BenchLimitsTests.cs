using System.Text.Json;

namespace CopyMc.Bench.Tests.Limits;

/// <summary><c>copymc bench limits</c>.</summary>
public sealed class BenchLimitsTests
{
    [Fact]
    public void It_says_of_every_limit_what_is_wanted_and_what_was_seen()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("limits.json");
        Copymc run = Copymc.Run("bench", "limits", "--smoke", "--json", path).ExpectSuccess();
        Assert.DoesNotContain('\u001b', run.Output);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Equal("copymc/bench-limits/1", json.RootElement.GetProperty("schema").GetString());
        JsonElement[] limits = [.. json.RootElement.GetProperty("limits").EnumerateArray()];
        Assert.Equal(16, limits.Length);
        foreach (JsonElement limit in limits)
        {
            Assert.Contains(limit.GetProperty("name").GetString()!, run.Output);
            JsonElement seen = limit.GetProperty("seen");
            if (seen.ValueKind == JsonValueKind.Null)
            {
                Assert.NotEmpty(limit.GetProperty("skippedReason").GetString()!);
                Assert.False(limit.GetProperty("held").GetBoolean());
                continue;
            }
            double median = seen.GetProperty("median").GetDouble(), want = limit.GetProperty("want").GetDouble();
            Assert.InRange(median, seen.GetProperty("lower").GetDouble(), seen.GetProperty("upper").GetDouble());
            Assert.Equal(limit.GetProperty("bound").GetString() == "AtLeast" ? median >= want : median <= want, limit.GetProperty("held").GetBoolean());
        }
    }
}
