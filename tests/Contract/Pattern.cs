namespace CopyMc.Contract;

/// <summary>The bytes that tests copy, and the byte that marks memory without a write.</summary>
internal static class Pattern
{
    /// <summary>A byte that no pattern contains, so that every written byte differs from it.</summary>
    internal const byte Canary = 0xC5;

    /// <summary>Fills with bytes that do not repeat nearby, so that bytes copied to the wrong place are wrong.</summary>
    internal static void Fill(Span<byte> bytes, int seed)
    {
        new Random(seed).NextBytes(bytes);
        bytes.Replace(Canary, (byte)(Canary ^ 0xFF));
    }
}
