namespace CopyMc.Bench.MainJob;

/// <summary>Whether poison is known or latent before a copy.</summary>
internal enum PoisonState
{
    /// <summary>There is no poison.</summary>
    Clean,

    /// <summary>Marked in the poison map.</summary>
    Known,

    /// <summary>Only a signal reveals it.</summary>
    Latent,
}
