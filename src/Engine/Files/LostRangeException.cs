namespace CopyMc;

/// <summary>
/// Bytes of a mapped file cannot be read or written: the file was truncated, its device failed or is full, or the memory is poisoned.
/// </summary>
public sealed class LostRangeException : IOException
{
    internal LostRangeException(string path, long offset, long length, CopyFaultKind kind, bool writing)
        : base($"'{path}': {length} bytes from offset {offset} {(writing ? "cannot be written" : "are lost")} ({kind}).")
    {
        Offset = offset;
        Length = length;
        Kind = kind;
    }

    /// <summary>Bytes from the start of the file to the first lost byte.</summary>
    public long Offset { get; }

    /// <summary>Bytes from <see cref="Offset"/> on that are known to be lost. More may be.</summary>
    public long Length { get; }

    /// <summary>What makes them inaccessible.</summary>
    public CopyFaultKind Kind { get; }
}
