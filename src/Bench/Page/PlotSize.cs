namespace CopyMc.Bench.Page;

/// <summary>The size of a drawing. Each plot is drawn for wide and for narrow screens, because scaled-down text cannot be read.</summary>
internal sealed record PlotSize(string Name, int Width, int Height)
{
    internal static PlotSize Wide { get; } = new("wide", 880, 420);

    internal static PlotSize Narrow { get; } = new("narrow", 360, 320);

    internal static IReadOnlyList<PlotSize> All { get; } = [Wide, Narrow];
}
