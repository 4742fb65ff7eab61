namespace CopyMc.Contract;

/// <summary>Lengths at which a kernel changes its method: around the sizes of words, lines, vectors, groups of vectors and pages.</summary>
internal static class Lengths
{
    /// <summary>Number of alignments of a source or a destination to a line.</summary>
    internal const int Alignments = PoisonMap.LineSize;

    internal static readonly int[] All =
    [
        0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257,
        319, 320, 321, 383, 384, 385, 511, 512, 513, 575, 576, 577, 1023, 1024, 1025, 4095, 4096, 4097, 8191, 8192, 8193,
    ];

    internal static int Longest => All[^1];
}
