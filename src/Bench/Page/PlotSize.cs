namespace CopyMc.Bench.Page;

/// <summary>A drawing is made once for a desk and once for a phone: text that is scaled down cannot be read.</summary>
internal sealed record PlotSize(string Name, int Width, int Height)
{
    internal static PlotSize Wide { get; } = new("wide", 880, 420);

    internal static PlotSize Narrow { get; } = new("narrow", 360, 320);

    internal static IReadOnlyList<PlotSize> All { get; } = [Wide, Narrow];
}
