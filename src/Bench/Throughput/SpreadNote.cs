using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Throughput;

/// <summary>How noisy a run was, on the terminal and on the page.</summary>
internal static class SpreadNote
{
    private const string OneRound = "One round: how far the ratios spread is not known.", Noisy = " The machine is noisy: single figures say little.";

    /// <param name="console">The output.</param>
    /// <param name="ratios">Which ratios: "the ratios".</param>
    /// <param name="rounds">One round has no spread, which is not the same as a spread of zero.</param>
    /// <param name="percent">The median interquartile range of the ratios.</param>
    internal static void Write(IAnsiConsole console, string ratios, int rounds, double percent) => console.WriteLine(
        rounds == 1 ? OneRound : $"The middle half of {ratios} spreads by {Units.Number(percent)} % (median).{(IsNoisy(percent) ? Noisy : "")}");

    /// <param name="html">The page.</param>
    /// <param name="ratios">Which ratios: "the ratios".</param>
    /// <param name="rounds">One round has no spread, which is not the same as a spread of zero.</param>
    /// <param name="path">Where the JSON has the percentage.</param>
    /// <param name="percent">The median interquartile range of the ratios.</param>
    internal static void Write(HtmlText html, string ratios, int rounds, string path, double percent)
    {
        html.Open("p");
        if (rounds == 1)
            html.Text(OneRound);
        else
            html.Text($"The middle half of {ratios} spreads by ").Figure(path, percent, Units.Number(percent)).Text(" % (median).");
        if (rounds > 1 && IsNoisy(percent))
            html.Element("strong", Noisy);
        html.Close("p");
    }

    private static bool IsNoisy(double percent) => percent > 100 * ThroughputReport.NoisySpread;
}
