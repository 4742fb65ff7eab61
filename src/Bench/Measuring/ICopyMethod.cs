namespace CopyMc.Bench.Measuring;

/// <summary>A method of copying. Structs implement it, so that the JIT compiles a loop for each without indirect calls.</summary>
internal unsafe interface ICopyMethod
{
    /// <summary>Copies and returns the bytes not copied.</summary>
    nuint Copy(byte* source, byte* destination, nuint byteCount);
}
