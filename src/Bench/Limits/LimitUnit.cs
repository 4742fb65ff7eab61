namespace CopyMc.Bench.Limits;

/// <summary>What a limit's figures count.</summary>
internal enum LimitUnit
{
    /// <summary>One figure over another of the same round.</summary>
    Ratio,

    /// <summary>How much more one takes than another of the same round.</summary>
    Percent,

    /// <summary>A time, or the difference of two times of the same round.</summary>
    Nanoseconds,
}
