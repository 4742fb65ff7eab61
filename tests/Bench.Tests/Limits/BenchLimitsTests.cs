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
}
