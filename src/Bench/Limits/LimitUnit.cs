namespace CopyMc.Bench.Limits;

/// <summary>The unit of a limit's figures.</summary>
internal enum LimitUnit
{
    /// <summary>One figure divided by another of the same round.</summary>
    Ratio,

    /// <summary>By how much one time exceeds another of the same round.</summary>
    Percent,

    /// <summary>A time, or the difference of two times of the same round.</summary>
    Nanoseconds,
}
