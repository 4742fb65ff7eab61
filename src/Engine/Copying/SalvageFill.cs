namespace CopyMc;

/// <summary>What a salvage puts where bytes were lost.</summary>
public enum SalvageFill
{
    /// <summary>Nothing: the destination stays as it was.</summary>
    Leave,

    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The byte of <see cref="SalvageOptions.Pattern"/>.</summary>
    Pattern,
}
