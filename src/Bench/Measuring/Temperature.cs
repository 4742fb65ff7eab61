namespace CopyMc.Bench.Measuring;

/// <summary>Where the data is when a copy starts.</summary>
internal enum Temperature
{
    /// <summary>The same bytes in every copy: for copies of a few KiB, source and destination stay in the first-level cache.</summary>
    FirstLevel,

    /// <summary>The same 2 MiB (or the one copy's length, if longer) again and again, front to back.</summary>
    Hot,

    /// <summary>A pool far larger than the caches, in scattered order.</summary>
    Cold,
}
