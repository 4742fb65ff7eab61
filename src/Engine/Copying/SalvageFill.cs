namespace CopyMc;

/// <summary>What a salvage writes over lost bytes of its destination.</summary>
public enum SalvageFill
{
    /// <summary>Nothing: they stay as they were.</summary>
    Leave,

    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The byte <see cref="SalvageOptions.Pattern"/>.</summary>
    Pattern,
}
