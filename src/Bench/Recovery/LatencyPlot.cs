using System.Globalization;
using CopyMc.Bench.Page;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using ScottPlot;
using ScottPlot.Plottables;

namespace CopyMc.Bench.Recovery;

/// <summary>Histograms of times over one another. Both axes are logarithmic, so that a tail of one in ten thousand shows.</summary>
internal static class LatencyPlot
{
    private const double LeastPercent = 0.005;

    internal static Plot Draw(PlotSize size, IReadOnlyList<IReadOnlyList<LatencyBucket>> series)
    {
        Plot plot = PlotSvg.NewPlot(size, "time of a recovery", "% of the samples");
        foreach ((int i, IReadOnlyList<LatencyBucket> buckets) in series.Index())
        {
            (double[] x, double[] y) = Steps(buckets);
            Scatter line = plot.Add.ScatterLine(x, y, PlotColors.Series(i));
            line.LineWidth = 2;
        }
        double left = series.Min(one => Math.Log10(one[0].FromNanoseconds)) - 0.05;
        double right = series.Max(one => Math.Log10(one[^1].ToNanoseconds)) + 0.05;
        double bottom = Math.Log10(LeastPercent), top = 2.05;
        plot.Axes.SetLimits(left, right, bottom, top);
        plot.Axes.Bottom.TickGenerator = LogTicks.Decades(left, right, value => Label(value, everyStep: size != PlotSize.Narrow && right - left < 4));
        plot.Axes.Left.TickGenerator = LogTicks.Decades(bottom, top, value => IsPowerOfTen(value) ? value.ToString("0.###", CultureInfo.InvariantCulture) : "");
        return plot;
    }

    /// <summary>The outline of the bars, with gaps at the bottom.</summary>
    private static (double[] X, double[] Y) Steps(IReadOnlyList<LatencyBucket> buckets)
    {
        double total = buckets.Sum(bucket => (double)bucket.Count);
        double floor = Math.Log10(LeastPercent / 2);
        var x = new List<double>();
        var y = new List<double>();
        double end = double.NaN;
        foreach (LatencyBucket bucket in buckets)
        {
            double from = Math.Log10(bucket.FromNanoseconds), to = Math.Log10(bucket.ToNanoseconds);
            if (!(Math.Abs(from - end) < 1e-9))
            {
                Add(end, floor);
                Add(from, floor);
            }
            double height = Math.Log10(100 * bucket.Count / total);
            Add(from, height);
            Add(to, height);
            end = to;
        }
        Add(end, floor);
        return ([.. x], [.. y]);

        void Add(double atX, double atY)
        {
            if (double.IsNaN(atX))
                return;
            x.Add(atX);
            y.Add(atY);
        }
    }

    private static string Label(double nanoseconds, bool everyStep) => everyStep || IsPowerOfTen(nanoseconds) ? Units.ShortTime(nanoseconds) : "";

    private static bool IsPowerOfTen(double value) => Math.Abs(Math.Log10(value) - Math.Round(Math.Log10(value))) < 1e-9;
}
