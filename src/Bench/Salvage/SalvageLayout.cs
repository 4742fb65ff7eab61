namespace CopyMc.Bench.Salvage;

/// <summary>Where the bad pages are.</summary>
internal enum SalvageLayout
{
    /// <summary>As far apart as possible.</summary>
    Spread,

    /// <summary>One after the other, from the middle on.</summary>
    Together,
}
