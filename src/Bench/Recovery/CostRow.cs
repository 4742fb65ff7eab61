using CopyMc.Bench.MainJob;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Recovery;

/// <summary>What it cost one method to survive poison of one kind in one place.</summary>
internal sealed record CostRow
{
    public required string Method { get; init; }
    public required CostRole Role { get; init; }

    /// <summary>The engine's kernel; null for the floor and for peers.</summary>
    public required string? Kernel { get; init; }

    /// <summary>What the poison is made of.</summary>
    public required PoisonSource Source { get; init; }

    /// <summary>Which line of the copy is poisoned; all sources but Bitmap poison its whole page.</summary>
    public required PoisonPosition Position { get; init; }

    /// <summary>The pages asked for. Poison in a transparent huge page splits it.</summary>
    public required PageKind Pages { get; init; }

    /// <summary>Threads that met poison at the same time, each in memory of its own.</summary>
    public required int Threads { get; init; }
    public required long CopyBytes { get; init; }

    /// <summary>Bytes before the poison, which are to be copied.</summary>
    public required long PrefixBytes { get; init; }
    public required long Samples { get; init; }

    /// <summary>The median time of a copy of the prefix alone, which meets nothing.</summary>
    public required double PrefixMedianNanoseconds { get; init; }

    /// <summary>From the call to its return.</summary>
    public required Latencies WholeCallNanoseconds { get; init; }

    /// <summary>The whole call less the median time of the prefix in the same round.</summary>
    public required Latencies RecoveryNanoseconds { get; init; }

    /// <summary>Recovery over the floor of the same source, pages and threads, by the medians of each round; null where there is no floor.</summary>
    public required Quartiles? RatioToFloor { get; init; }

    /// <summary>RecoveryNanoseconds, to be drawn.</summary>
    public required IReadOnlyList<LatencyBucket> Histogram { get; init; }

    /// <summary>Bytes that the method reported as not copied.</summary>
    public required long NotCopiedBytes { get; init; }

    /// <summary>Bytes that it said it copied and that are not the source's.</summary>
    public required long WrongBytes { get; init; }

    /// <summary>Whether it copied the prefix, said so, and wrote nothing after it.</summary>
    public required bool Exact { get; init; }
}
