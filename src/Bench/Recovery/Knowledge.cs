namespace CopyMc.Bench.Recovery;

/// <summary>Who knows of the poison before a copy.</summary>
internal enum Knowledge
{
    /// <summary>There is no poison: the control.</summary>
    Clean,

    /// <summary>The poison map.</summary>
    Known,

    /// <summary>Nobody: only a signal tells.</summary>
    Latent,
}
