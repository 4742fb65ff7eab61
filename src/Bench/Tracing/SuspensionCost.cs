using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Tracing;

/// <summary>What suspensions of all threads cost.</summary>
internal sealed record SuspensionCost
{
    public required int Count { get; init; }

    /// <summary>From when the collector asked until all threads stood still: what it, and all that stood still already, waited for the others; null if there was none.</summary>
    public required Latencies? WaitNanoseconds { get; init; }

    /// <summary>From then until all threads ran again; null if there was none.</summary>
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
