namespace CopyMc.Bench.Rescue;

/// <summary>What became of a block, as the characters of GNU ddrescue's map file say it (its manual, "Mapfile structure").</summary>
internal enum BlockStatus
{
    NonTried = '?',

    /// <summary>Failed; only ddrescue writes it, which would look for the edges of the bad part next.</summary>
    NonTrimmed = '*',

    /// <summary>Failed; only ddrescue writes it, which would read it sector by sector next.</summary>
    NonScraped = '/',

    /// <summary>Lost.</summary>
    BadSector = '-',

    /// <summary>In the destination, and on its disk.</summary>
    Finished = '+',
}
