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

    /// <summary>Bytes that are known to be lost.</summary>
    public long Length { get; }

    /// <summary>The kind of the fault.</summary>
    public CopyFaultKind Kind { get; }
}
