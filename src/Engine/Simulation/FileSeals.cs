namespace CopyMc.Simulation;

/// <summary>The seals of a memfd (<c>F_ADD_SEALS</c> of <c>fcntl(2)</c>).</summary>
[Flags]
public enum FileSeals
{
    /// <summary>No seal.</summary>
    None = 0,

    /// <summary>No more seals can be added.</summary>
    Seal = 1,

    /// <summary>It cannot become shorter.</summary>
    Shrink = 2,

    /// <summary>It cannot become longer.</summary>
    Grow = 4,

    /// <summary>Its content cannot change.</summary>
    Write = 8,

    /// <summary>Its content can change only through existing mappings.</summary>
    FutureWrite = 16,
}
