using System.Globalization;
using ScottPlot;

namespace CopyMc.Bench.Page;

/// <summary>
/// Placeholder colours for drawings. The style sheet of the page replaces them by the colours for light, dark and print.
/// </summary>
internal static class PlotColors
{
    /// <summary>The number of series colours in the style sheet.</summary>
    internal const int SeriesCount = 10;

    internal static Color Ink { get; } = Color.FromHex("#010101");

    internal static Color Grid { get; } = Color.FromHex("#020202");

    /// <summary>Marks that are not data, such as the sizes of caches.</summary>
    internal static Color Mark { get; } = Color.FromHex("#030303");

    internal static Color Series(int index) => Color.FromHex(string.Create(CultureInfo.InvariantCulture, $"#0A00{index % SeriesCount:X2}"));

    /// <summary>The rules that replace the placeholders by the style sheet's <c>--ink</c>, <c>--grid</c>, <c>--mark</c>, <c>--series-0</c> and so on.</summary>
    internal static string Rules() => string.Concat(
        new[] { (Ink, "ink"), (Grid, "grid"), (Mark, "mark") }
            .Concat(Enumerable.Range(0, SeriesCount).Select(index => (Series(index), $"series-{index}")))
            .Select(rule => Rule(rule.Item1.ToHex(), rule.Item2)));

    private static string Rule(string hex, string variable) =>
        $"svg [fill=\"{hex}\"]{{fill:var(--{variable})}}svg [stroke=\"{hex}\"]{{stroke:var(--{variable})}}\n";
}
