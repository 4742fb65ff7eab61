using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Tracing;

/// <summary>What suspensions of all threads cost.</summary>
internal sealed record SuspensionCost
{
    public required int Count { get; init; }

    /// <summary>The time from the request of the garbage collector until all threads were suspended; null if no thread was suspended.</summary>
    public required Latencies? WaitNanoseconds { get; init; }

    /// <summary>The time from then until all threads ran again; null if no thread was suspended.</summary>
    public required Latencies? PauseNanoseconds { get; init; }

    internal static SuspensionCost Of(IReadOnlyCollection<Suspension> suspensions)
    {
        HdrHistogram.LongHistogram wait = Latencies.NewHistogram(), pause = Latencies.NewHistogram();
        foreach (Suspension suspension in suspensions)
        {
            Latencies.Record(wait, (suspension.StoodStill - suspension.Asked) * 1e6);
            Latencies.Record(pause, (suspension.Resumed - suspension.Asked) * 1e6);
        }
        return new SuspensionCost
        {
            Count = suspensions.Count,
            WaitNanoseconds = suspensions.Count == 0 ? null : Latencies.Of(wait),
            PauseNanoseconds = suspensions.Count == 0 ? null : Latencies.Of(pause),
        };
    }
}
