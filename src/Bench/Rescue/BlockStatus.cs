namespace CopyMc.Bench.Rescue;

/// <summary>The status of a block, with the characters of GNU ddrescue's map file (its manual, "Mapfile structure").</summary>
internal enum BlockStatus
{
    NonTried = '?',

    /// <summary>Failed; only ddrescue writes it, and looks for the edges of the bad part next.</summary>
    NonTrimmed = '*',

    /// <summary>Failed; only ddrescue writes it, and reads it sector by sector next.</summary>
    NonScraped = '/',

    /// <summary>Lost.</summary>
    BadSector = '-',

    /// <summary>In the destination, and on its disk.</summary>
    Finished = '+',
}
