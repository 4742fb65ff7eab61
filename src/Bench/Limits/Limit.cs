using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>One promise about speed, and its measurement.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Unit">The unit of the figures.</param>
/// <param name="Bound">Whether the figure must not be below <paramref name="Want"/>, or not above.</param>
/// <param name="Want">The limit.</param>
/// <param name="Seen">The quartiles of the rounds; null if it could not be measured.</param>
/// <param name="Detail">Where the worst of several cases was seen, or what was measured over.</param>
/// <param name="SkippedReason">Why it could not be measured; null if it was.</param>
internal sealed record Limit(string Name, LimitUnit Unit, LimitBound Bound, double Want, Quartiles? Seen, string? Detail = null, string? SkippedReason = null)
{
    /// <summary>Whether the median is within the limit.</summary>
    public bool Held => Seen is { } seen && (Bound == LimitBound.AtLeast ? seen.Median >= Want : seen.Median <= Want);

    internal static Limit AtLeast(string name, LimitUnit unit, double want, Quartiles seen, string? detail = null) =>
        new(name, unit, LimitBound.AtLeast, want, seen, detail);

    internal static Limit AtMost(string name, LimitUnit unit, double want, Quartiles seen, string? detail = null) =>
        new(name, unit, LimitBound.AtMost, want, seen, detail);

    internal static Limit Skipped(string name, LimitUnit unit, LimitBound bound, double want, string reason) =>
        new(name, unit, bound, want, null, SkippedReason: reason);
}
