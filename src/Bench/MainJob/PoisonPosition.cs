namespace CopyMc.Bench.MainJob;

/// <summary>Which line of a region is poisoned.</summary>
internal enum PoisonPosition
{
    /// <summary>None.</summary>
    Nowhere,
    FirstLine,

    /// <summary>A line from the middle, and from the middle of its page, so that the line and the page that holds it start at different bytes.</summary>
    MiddleLine,
    LastLine,
}
