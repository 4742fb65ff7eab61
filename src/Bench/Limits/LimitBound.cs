namespace CopyMc.Bench.Limits;

/// <summary>On which side of a limit its figure should be.</summary>
internal enum LimitBound
{
    /// <summary>The more the better.</summary>
    AtLeast,

    /// <summary>The less the better.</summary>
    AtMost,
}
