namespace CopyMc;

/// <summary>When the destination of a copy is used.</summary>
public enum CopyHint
{
    /// <summary>Soon: the copy leaves it in the cache.</summary>
    UsedSoon,

    /// <summary>Later: long copies write around the cache (non-temporal stores).</summary>
    Streaming,
}
