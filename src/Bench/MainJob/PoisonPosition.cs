namespace CopyMc.Bench.MainJob;

/// <summary>Which line of a region is poisoned.</summary>
internal enum PoisonPosition
{
    /// <summary>No line.</summary>
    Nowhere,
    FirstLine,

    /// <summary>A line in the middle of a page in the middle of the region, so that the line and its page start at different bytes.</summary>
    MiddleLine,
    LastLine,
}
