namespace CopyMc.Bench.Rescue;

/// <summary>Bytes of the source with the same status.</summary>
/// <param name="Offset">Bytes from the start of the source.</param>
/// <param name="Length">Bytes; never 0.</param>
/// <param name="Status">Their status.</param>
internal readonly record struct RescueBlock(long Offset, long Length, BlockStatus Status)
{
    /// <summary>The offset after the last byte.</summary>
    internal long End => Offset + Length;
}
