using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>One promise about speed, and what came of it.</summary>
internal sealed record Limit
{
    public required string Name { get; init; }
    public required LimitUnit Unit { get; init; }

    /// <summary>Whether the figure must not be below <see cref="Want"/>, or not above.</summary>
    public required LimitBound Bound { get; init; }

    public required double Want { get; init; }

    /// <summary>The rounds' quartiles; null if it could not be measured.</summary>
    public required Quartiles? Seen { get; init; }

    /// <summary>Where the worst of several cases was seen, or what was measured over.</summary>
    public string? Detail { get; init; }

    /// <summary>Why it could not be measured.</summary>
    public string? SkippedReason { get; init; }

    /// <summary>Whether the median keeps to it.</summary>
    public bool Held => Seen is { } seen && (Bound == LimitBound.AtLeast ? seen.Median >= Want : seen.Median <= Want);

    internal static Limit AtLeast(string name, LimitUnit unit, double want, Quartiles seen, string? detail = null) =>
        new() { Name = name, Unit = unit, Bound = LimitBound.AtLeast, Want = want, Seen = seen, Detail = detail };

    internal static Limit AtMost(string name, LimitUnit unit, double want, Quartiles seen, string? detail = null) =>
        new() { Name = name, Unit = unit, Bound = LimitBound.AtMost, Want = want, Seen = seen, Detail = detail };

    internal static Limit Skipped(string name, LimitUnit unit, LimitBound bound, double want, string reason) =>
        new() { Name = name, Unit = unit, Bound = bound, Want = want, Seen = null, SkippedReason = reason };
}
