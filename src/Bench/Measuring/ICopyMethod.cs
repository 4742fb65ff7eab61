namespace CopyMc.Bench.Measuring;

/// <summary>One way to copy. Implemented by structs, so that the JIT makes a loop of its own for each, with no indirect call in it.</summary>
internal unsafe interface ICopyMethod
{
    /// <summary>Copies and returns the bytes not copied.</summary>
    nuint Copy(byte* source, byte* destination, nuint byteCount);
}
