namespace CopyMc;

/// <summary>Which of a copy's two ranges a fault lay in.</summary>
public enum CopySide
{
    /// <summary>The bytes that were to be read.</summary>
    Source,

    /// <summary>The bytes that were to be written.</summary>
    Destination,
}
