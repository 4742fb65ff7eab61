namespace CopyMc.Bench.Limits;

/// <summary>On which side of a limit the figure must be.</summary>
internal enum LimitBound
{
    /// <summary>The figure must reach the limit.</summary>
    AtLeast,

    /// <summary>The figure must not exceed the limit.</summary>
    AtMost,
}
