namespace CopyMc.Contract;

/// <summary>Copies that run into a page, as pairs of the bytes before the page and the length of the copy.</summary>
internal static class Overruns
{
    /// <summary>The longest <c>Length</c>.</summary>
    internal const int Longest = 9000;

    /// <summary>Short copies, made of a few overlapping moves: each length with each number of bytes before the page.</summary>
    internal static IEnumerable<(int Before, int Length)> Short()
    {
        for (int length = 1; length <= 130; length += Sweep.Step(5))
        {
            for (int before = 0; before < length; before++)
                yield return (before, length);
        }
    }

    /// <summary>
    /// Longer copies, which reach the page in each kind of move, in the loop, in the tail and in a string copy. Callers add every
    /// alignment to each.
    /// </summary>
    internal static readonly (int Before, int Length)[] Long =
    [
        (0, 64), (0, 200), (64, 160), (64, 256), (128, 300), (192, 500), (320, 512), (400, 1000), (448, 1100), (960, 1025), (960, 2100),
        (2000, 4200), (4032, 4097), (4000, 9000),
    ];

    /// <summary>Number of alignments to a line.</summary>
    internal const int Alignments = Lengths.Alignments;
}
