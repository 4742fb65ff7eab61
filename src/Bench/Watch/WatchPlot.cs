using CopyMc.Bench.Page;
using ScottPlot;
using ScottPlot.Plottables;

namespace CopyMc.Bench.Watch;

/// <summary>Throughput against time, with a line where copies met poison.</summary>
internal static class WatchPlot
{
    internal static Plot Draw(PlotSize size, IReadOnlyList<WatchReading> readings)
    {
        Plot plot = PlotSvg.NewPlot(size, "seconds", "GiB/s copied");
        double[] rates = [.. readings.Select(reading => reading.CopiedBytesPerSecond / (1L << 30))];
        for (int i = 1; i < readings.Count; i++)
        {
            if (readings[i].Hits.Total > readings[i - 1].Hits.Total)
                plot.Add.VerticalLine(readings[i].Seconds, PlotSvg.DashedWidth, PlotColors.Mark);
        }
        Scatter line = plot.Add.ScatterLine([.. readings.Select(reading => reading.Seconds)], rates, PlotColors.Series(0));
        line.LineWidth = 2;
        plot.Axes.SetLimits(0, readings[^1].Seconds + 0.1, 0, Math.Max(rates.Max() * 1.1, 1e-3));
        return plot;
    }
}
