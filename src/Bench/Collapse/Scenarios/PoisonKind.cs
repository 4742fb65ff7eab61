namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Who knows of poison.</summary>
internal enum PoisonKind
{
    /// <summary>The poison map: the line is never read.</summary>
    Known,

    /// <summary>Nobody before the page really faults; the whole page is lost.</summary>
    Latent,
}
