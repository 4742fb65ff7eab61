namespace CopyMc;

/// <summary>What becomes of the destination after a copy.</summary>
public enum CopyHint
{
    /// <summary>It is used soon: leave it in the cache.</summary>
    UsedSoon,

    /// <summary>It is not used soon: long copies write around the cache (non-temporal stores).</summary>
    Streaming,
}
