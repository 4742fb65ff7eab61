namespace CopyMc.Contract;

/// <summary>Ways for a copy to run into a page: how many bytes lie before it, and how long the copy wants to be.</summary>
internal static class Overruns
{
    /// <summary>Longest <c>Length</c> of all.</summary>
    internal const int Longest = 9000;

    /// <summary>So short that the copy is a few moves that overlap: each length with each number of bytes before the page.</summary>
    internal static IEnumerable<(int Before, int Length)> Short()
    {
        for (int length = 1; length <= 130; length += Sweep.Step(5))
        {
            for (int before = 0; before < length; before++)
                yield return (before, length);
        }
    }

    /// <summary>
    /// Longer ones, so that the page is met by each move of the ladder, in its loop, in its tail and in a string copy. To each, every
    /// alignment is added.
    /// </summary>
    internal static readonly (int Before, int Length)[] Long =
    [
        (0, 64), (0, 200), (64, 160), (64, 256), (128, 300), (192, 500), (320, 512), (400, 1000), (448, 1100), (960, 1025), (960, 2100),
        (2000, 4200), (4032, 4097), (4000, 9000),
    ];

    /// <summary>Alignments there are to a line.</summary>
    internal const int Alignments = Lengths.Alignments;
}
