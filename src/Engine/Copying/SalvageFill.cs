namespace CopyMc;

/// <summary>The value that a salvage writes over lost bytes of its destination.</summary>
public enum SalvageFill
{
    /// <summary>None: they stay unchanged.</summary>
    Leave,

    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The byte <see cref="SalvageOptions.Pattern"/>.</summary>
    Pattern,
}
