namespace CopyMc;

/// <summary>When the program uses the destination of a copy.</summary>
public enum CopyHint
{
    /// <summary>Soon: the copy leaves it in the cache.</summary>
    UsedSoon,

    /// <summary>Later: long copies write around the cache (non-temporal stores).</summary>
    Streaming,
}
