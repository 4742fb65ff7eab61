namespace CopyMc.Contract;

/// <summary>
/// How thoroughly the promises go through alignments and lengths: all of them, or, where an emulator runs every instruction a hundred times slower,
/// those at which something changes.
/// </summary>
public static class Sweep
{
    private static readonly int[] s_all = [.. Enumerable.Range(0, Lengths.Alignments)];
    private static readonly int[] s_edges = [0, 1, 8, 15, 31, 33, 63];

    /// <summary>Whether only the edges are tried. To be set before anything else is used.</summary>
    public static bool IsSparse { get; set; }

    /// <summary>Offsets to a line.</summary>
    internal static int[] Alignments => IsSparse ? s_edges : s_all;

    /// <summary>Of so many, how far apart are those to be tried.</summary>
    internal static int Step(int sparse) => IsSparse ? sparse : 1;
}
