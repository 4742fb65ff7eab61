using System.Globalization;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Page;
using ScottPlot;
using ScottPlot.Plottables;

namespace CopyMc.Bench.Throughput;

/// <summary>Throughput against the size of a copy, both logarithmic, with the caches marked and the roofline drawn.</summary>
internal static class ThroughputPlot
{
    internal static Plot Draw(
        PlotSize size, IReadOnlyList<ThroughputSeries> series, IReadOnlyList<(long Bytes, double GibibytesPerSecond)> roofline, IReadOnlyList<CacheReport> caches)
    {
        Plot plot = PlotSvg.NewPlot(size, "bytes of one copy", "GiB/s copied");
        (long Bytes, double GibibytesPerSecond)[] all =
            [.. series.SelectMany(one => one.Hot.Concat(one.FirstLevel).Concat(one.Others)), .. roofline];
        double left = all.Min(point => Log2(point.Bytes)) - 0.5, right = all.Max(point => Log2(point.Bytes)) + 0.5;
        double bottom = Math.Log10(all.Min(point => point.GibibytesPerSecond)) - 0.1, top = Math.Log10(all.Max(point => point.GibibytesPerSecond)) + 0.12;

        foreach (CacheReport cache in caches.Where(cache => Log2(cache.SizeBytes) > left && Log2(cache.SizeBytes) < right))
        {
            VerticalLine line = plot.Add.VerticalLine(Log2(cache.SizeBytes), PlotSvg.DottedWidth, PlotColors.Mark);
            line.ExcludeFromLegend = true;
            Text name = plot.Add.Text(cache.Name, Log2(cache.SizeBytes) + 0.1, top - 0.01);
            name.LabelFontColor = PlotColors.Mark;
            name.LabelFontSize = size == PlotSize.Narrow ? 10 : 12;
            name.LabelAlignment = Alignment.UpperLeft;
        }
        if (roofline.Count > 0)
        {
            Scatter roof = Line(plot, roofline, PlotColors.Ink);
            roof.MarkerSize = 0;
            roof.LineWidth = 1;
        }
        foreach ((int i, ThroughputSeries one) in series.Index())
        {
            Color color = PlotColors.Series(i);
            Line(plot, one.Hot, color);
            Line(plot, one.FirstLevel, color).LineWidth = PlotSvg.DashedWidth;
            Scatter others = Line(plot, one.Others, color);
            others.LineWidth = 0;
            others.MarkerShape = MarkerShape.OpenDiamond;
            others.MarkerSize = 9;
        }

        plot.Axes.SetLimits(left, right, bottom, top);
        plot.Axes.Bottom.TickGenerator = LogTicks.Bytes(left, right, size == PlotSize.Narrow ? 6 : 2);
        plot.Axes.Left.TickGenerator = LogTicks.Decades(bottom, top, value => value.ToString("0.##", CultureInfo.InvariantCulture));
        return plot;
    }

    private static Scatter Line(Plot plot, IReadOnlyList<(long Bytes, double GibibytesPerSecond)> points, Color color)
    {
        Scatter line = plot.Add.Scatter(
            [.. points.Select(point => Log2(point.Bytes))], (double[])[.. points.Select(point => Math.Log10(point.GibibytesPerSecond))], color);
        line.LineWidth = 2;
        line.MarkerSize = points.Count < 2 ? 8 : 5;
        return line;
    }

    private static double Log2(long bytes) => Math.Log2(bytes);
}
