namespace CopyMc.Bench.MainJob;

/// <summary>What is known of the poison before a copy.</summary>
internal enum PoisonState
{
    /// <summary>There is no poison.</summary>
    Clean,

    /// <summary>Marked in the poison map.</summary>
    Known,

    /// <summary>Only a signal reveals it.</summary>
    Latent,
}
