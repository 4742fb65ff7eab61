using System.Globalization;
using ScottPlot;

namespace CopyMc.Bench.Page;

/// <summary>
/// Colours that stand for others: the page's style sheet gives each its real one, for light, dark and print. No drawing holds a colour of
/// its own.
/// </summary>
internal static class PlotColors
{
    /// <summary>How many series the style sheet can tell apart.</summary>
    internal const int SeriesCount = 10;

    internal static Color Ink { get; } = Color.FromHex("#010101");

    internal static Color Grid { get; } = Color.FromHex("#020202");

    /// <summary>What is marked but is no data: the sizes of caches.</summary>
    internal static Color Mark { get; } = Color.FromHex("#030303");

    internal static Color Series(int index) => Color.FromHex(string.Create(CultureInfo.InvariantCulture, $"#0A00{index % SeriesCount:X2}"));

    /// <summary>The rules that go before a style sheet which defines <c>--ink</c>, <c>--grid</c>, <c>--mark</c> and <c>--series-0</c> and on.</summary>
    internal static string Rules() => string.Concat(
        new[] { (Ink, "ink"), (Grid, "grid"), (Mark, "mark") }
            .Concat(Enumerable.Range(0, SeriesCount).Select(index => (Series(index), $"series-{index}")))
            .Select(rule => Rule(rule.Item1.ToHex(), rule.Item2)));

    private static string Rule(string hex, string variable) =>
        $"svg [fill=\"{hex}\"]{{fill:var(--{variable})}}svg [stroke=\"{hex}\"]{{stroke:var(--{variable})}}\n";
}
