namespace CopyMc.Bench.Tune;

/// <summary>The kinds of ways to make a long copy.</summary>
internal enum WayKind
{
    /// <summary>A loop of vectors.</summary>
    Loop,

    /// <summary>One <c>rep movsb</c>.</summary>
    StringCopy,

    /// <summary>A loop that writes around the cache.</summary>
    Stream,
}
