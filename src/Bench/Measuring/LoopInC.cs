namespace CopyMc.Bench.Measuring;

/// <summary>A copy that a loop in C repeats, as in a program without .NET. For patterns of one slot.</summary>
/// <param name="name">The name of the contender.</param>
/// <param name="repeat">The loop.</param>
/// <param name="copy">The C function that it calls.</param>
internal sealed unsafe class LoopInC(string name, LoopInC.Repeat repeat, nint copy) : Contender(name)
{
    /// <summary>Makes a number of copies of the same bytes, and returns 0 if every one was complete.</summary>
    internal delegate nuint Repeat(nint copy, byte* destination, byte* source, nuint byteCount, nuint count);

    internal override nuint CopyMany(in AccessPattern pattern, ulong first, ulong count) =>
        repeat(copy, pattern.Destination, pattern.Source, pattern.ByteCount, (nuint)count);
}
