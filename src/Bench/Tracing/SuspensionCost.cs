using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Tracing;

/// <summary>What suspensions of all threads cost.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="WaitNanoseconds">The time from the request of the garbage collector until all threads were suspended; null if no thread was suspended.</param>
/// <param name="PauseNanoseconds">The time from the request until all threads ran again; null if no thread was suspended.</param>
internal sealed record SuspensionCost(int Count, Latencies? WaitNanoseconds, Latencies? PauseNanoseconds)
{
    internal static SuspensionCost Of(IReadOnlyCollection<Suspension> suspensions)
    {
        HdrHistogram.LongHistogram wait = Latencies.NewHistogram(), pause = Latencies.NewHistogram();
        foreach (Suspension suspension in suspensions)
        {
            Latencies.Record(wait, (suspension.StoodStill - suspension.Asked) * 1e6);
            Latencies.Record(pause, (suspension.Resumed - suspension.Asked) * 1e6);
        }
        return suspensions.Count == 0 ? new SuspensionCost(0, null, null) : new SuspensionCost(suspensions.Count, Latencies.Of(wait), Latencies.Of(pause));
    }
}
