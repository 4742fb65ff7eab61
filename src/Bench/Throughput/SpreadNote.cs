using CopyMc.Bench.Documents;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Throughput;

/// <summary>How noisy a run was.</summary>
internal static class SpreadNote
{
    /// <param name="document">Where it is written.</param>
    /// <param name="ratios">Which ratios: "the ratios".</param>
    /// <param name="rounds">One round has no spread, which is not the same as a spread of zero.</param>
    /// <param name="percent">The result's <c>medianSpreadPercent</c>, the median interquartile range of the ratios.</param>
    internal static void Write(Document document, string ratios, int rounds, double percent) => document.Paragraph(rounds == 1
        ? (Line)"One round: how far the ratios spread is not known."
        : $"The middle half of {ratios} spreads by {new Figure("medianSpreadPercent", percent, Units.Number)} % (median).{(percent > 100 * ThroughputReport.NoisySpread ? " The machine is noisy: single figures say little." : ""):strong}");
}
