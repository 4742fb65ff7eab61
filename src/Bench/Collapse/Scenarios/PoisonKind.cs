namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Whether poison is known before an access.</summary>
internal enum PoisonKind
{
    /// <summary>In the poison map: the line is never read.</summary>
    Known,

    /// <summary>Not before the page faults; the whole page is lost.</summary>
    Latent,
}
