namespace CopyMc.Contract;

/// <summary>The bytes that tests copy, and the byte that says nobody has written here.</summary>
internal static class Pattern
{
    /// <summary>Never part of a pattern: a byte that was written is told from one that was not, each by itself.</summary>
    internal const byte Canary = 0xC5;

    /// <summary>Fills with bytes that repeat nowhere near, so that bytes copied to the wrong place are not the right ones.</summary>
    internal static void Fill(Span<byte> bytes, int seed)
    {
        new Random(seed).NextBytes(bytes);
        bytes.Replace(Canary, (byte)(Canary ^ 0xFF));
    }
}
