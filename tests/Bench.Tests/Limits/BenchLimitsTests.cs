using CopyMc.Bench.Limits;

namespace CopyMc.Bench.Tests.Limits;

/// <summary><c>copymc bench limits</c>.</summary>
public sealed class BenchLimitsTests(SmokeRuns runs)
{
    [Fact]
    public void It_says_of_every_limit_what_is_wanted_and_what_was_seen()
    {
        SmokeRun run = runs.Bench("limits");
        IReadOnlyList<Limit> limits = ((LimitsReport)run.Result).Limits;
        Assert.Equal(29, limits.Count);
        foreach (Limit limit in limits)
        {
            Assert.Contains(limit.Name, run.Command.Output);
            Assert.Equal(limit.Seen is null, limit.SkippedReason is not null);
            Assert.Equal(
                limit.Seen is { } seen && (limit.Bound == LimitBound.AtLeast ? seen.Median >= limit.Want : seen.Median <= limit.Want), limit.Held);
        }
    }
    /// <summary>What the short copies must show, in one run.</summary>
    [Theory]
    [InlineData("64 B in L1, against NativeMemory.Copy", 0.62)]
    [InlineData("256 B in L1, against NativeMemory.Copy", 1)]
    [InlineData("1 KiB in L1, against the best raw copy", 0.95)]
    [InlineData("1 to 128 B, against NativeMemory.Copy", 1)]
    [InlineData("1 to 512 B, against NativeMemory.Copy", 1.05)]
    [InlineData("1 to 4096 B, against NativeMemory.Copy", 1.25)]
    [InlineData("64 KiB, against the best raw copy", 0.98)]
    [InlineData("2 MiB hot, 4K pages, against the best raw copy", 0.98)]
    [InlineData("poison elsewhere in the map, 64 B", 1)]
    [InlineData("checks at 64 B, against the bare kernel", 1.2)]
    [InlineData("64 B from C (mce_copy), against memcpy", 1.5)]
    public void It_measures_short_copies(string name, double want)
    {
        Limit limit = Assert.Single(((LimitsReport)runs.Bench("limits").Result).Limits, limit => limit.Name == name);
        Assert.Equal(want, limit.Want);
        Assert.Equal(limit.Unit == LimitUnit.Ratio ? LimitBound.AtLeast : LimitBound.AtMost, limit.Bound);
        Assert.True(limit.Seen is { Median: not 0 } || limit.SkippedReason is not null);
    }
}
