using CopyMc.Bench.Terminal;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace CopyMc.Bench.Page;

/// <summary>Ticks of logarithmic axes: positions are powers, labels are values.</summary>
internal static class LogTicks
{
    private static readonly double[] s_steps = [1, 2, 5];

    /// <summary>An axis in powers of two, labelled in bytes.</summary>
    internal static ITickGenerator Bytes(double least, double most, int every) => Manual(
        Enumerable.Range(0, 64).Where(power => power % every == 0 && power >= least && power <= most).Select(power => ((double)power, Units.Bytes(1L << power))));

    /// <summary>An axis in powers of ten, with a label at 1, 2 and 5 of each.</summary>
    internal static ITickGenerator Decades(double least, double most, Func<double, string> label) => Manual(
        Enumerable.Range(-6, 24)
            .SelectMany(decade => s_steps.Select(step => step * Math.Pow(10, decade)))
            .Select(value => (Math.Log10(value), label(value)))
            .Where(tick => tick.Item1 >= least && tick.Item1 <= most));

    private static NumericManual Manual(IEnumerable<(double Position, string Label)> ticks)
    {
        var manual = new NumericManual();
        foreach ((double position, string label) in ticks)
            manual.AddMajor(position, label);
        return manual;
    }
}
