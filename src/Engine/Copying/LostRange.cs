namespace CopyMc;

/// <summary>Bytes that a salvage could not copy.</summary>
/// <param name="Offset">Bytes from the start of the source to the first lost byte.</param>
/// <param name="Length">Bytes lost.</param>
public readonly record struct LostRange(nuint Offset, nuint Length)
{
    /// <summary>Bytes from the start of the source to the first byte after the range.</summary>
    public nuint End => Offset + Length;
}
