namespace CopyMc.Bench.Salvage;

/// <summary>How the bad pages lie.</summary>
internal enum SalvageLayout
{
    /// <summary>As far apart as they can.</summary>
    Spread,

    /// <summary>One behind the other, from the middle on.</summary>
    Together,
}
