namespace CopyMc.Contract;

/// <summary>
/// The alignments and lengths that the promises try: all of them, or, under an emulator, which is a hundred times slower, only the edges.
/// </summary>
public static class Sweep
{
    private static readonly int[] s_all = [.. Enumerable.Range(0, Lengths.Alignments)];
    private static readonly int[] s_edges = [0, 1, 8, 15, 31, 33, 63];

    /// <summary>Whether only the edges are tried. Set it before any other use.</summary>
    public static bool IsSparse { get; set; }

    /// <summary>Offsets to a line.</summary>
    internal static int[] Alignments => IsSparse ? s_edges : s_all;

    /// <summary>The step between the values to try: 1, or <paramref name="sparse"/> if only the edges are tried.</summary>
    internal static int Step(int sparse) => IsSparse ? sparse : 1;
}
