namespace CopyMc.Bench.Measuring;

/// <summary>One copy of a mixture.</summary>
/// <param name="Source">Bytes from the start of the source.</param>
/// <param name="Destination">Bytes from the start of the destination.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct MixedCopy(uint Source, uint Destination, uint Length);
