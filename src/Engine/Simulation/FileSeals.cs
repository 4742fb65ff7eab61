namespace CopyMc.Simulation;

/// <summary>What a memfd no longer allows (<c>F_ADD_SEALS</c> of <c>fcntl(2)</c>).</summary>
[Flags]
public enum FileSeals
{
    /// <summary>Nothing is sealed.</summary>
    None = 0,

    /// <summary>No more seals.</summary>
    Seal = 1,

    /// <summary>It does not become shorter.</summary>
    Shrink = 2,

    /// <summary>It does not become longer.</summary>
    Grow = 4,

    /// <summary>Its content does not change.</summary>
    Write = 8,

    /// <summary>Its content changes through mappings that exist already alone.</summary>
    FutureWrite = 16,
}
