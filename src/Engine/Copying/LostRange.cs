namespace CopyMc;

/// <summary>Bytes that a salvage could not copy.</summary>
/// <param name="Offset">Bytes from the start of the source.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct LostRange(nuint Offset, nuint Length)
{
    /// <summary>The offset after the last lost byte.</summary>
    public nuint End => Offset + Length;
}
