namespace CopyMc;

/// <summary>The range of a copy in which a fault lies.</summary>
public enum CopySide
{
    /// <summary>The range that is read.</summary>
    Source,

    /// <summary>The range that is written.</summary>
    Destination,
}
