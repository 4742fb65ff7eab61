using System.Globalization;
using System.Text;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Throughput;

/// <summary>Throughput as plots, and as tables with a row for each method and a column for each point.</summary>
internal static class ThroughputText
{
    /// <summary>As many as fit in eighty columns.</summary>
    private const int PointsPerTable = 4;

    internal static void Write(Document document, ThroughputReport report, MachineReport machine)
    {
        document.Paragraph($"GiB/s copied (each byte counts once); in brackets the ratio to {report.Baseline}. {Conditions(report)}");
        foreach ((string caption, string[] names) in Panels(report, machine))
            Plot(document, caption, names, report, machine);
        foreach ((int Index, PointResult Item)[] points in report.Points.Index().Chunk(document.IsPage ? Math.Max(1, report.Points.Count) : PointsPerTable))
        {
            document.TableAt(MethodNames(points.Select(point => point.Item)).Select(name => ("", name)), (Columns<string> table) =>
            {
                table.Words("method", name => name);
                foreach ((int index, PointResult point) in points)
                    table.Text(point.Name, name => Cell(point, name).Under($"points[{index}]"));
            });
        }
        WriteNoise(document, report);
    }

    /// <summary>What the figures mean.</summary>
    internal static string Conditions(ThroughputReport report)
    {
        string processes = report.Processes > 1 ? $"{report.Processes} processes, together " : "";
        var text = new StringBuilder($"Medians of {processes}{Units.Count(report.Rounds, "round")} in which all take turns, ratios within a round; a clean poison map covers the source.");
        if (report.Points.Any(point => point.Temperature == Temperature.FirstLevel))
            text.Append(" In L1: the same bytes again and again.");
        text.Append(CultureInfo.InvariantCulture, $" Up to {Units.Bytes(MeasurementPoint.HotBytes)}, unless stated otherwise: hot, front to back over the same {Units.Bytes(MeasurementPoint.HotBytes)} again and again.");
        if (report.Points.FirstOrDefault(point => point.Temperature == Temperature.Cold) is { } cold)
            text.Append(CultureInfo.InvariantCulture, $" Cold: in scattered order through {Units.Bytes(cold.WorkingSetBytesPerBuffer)} on either side.");
        return text.Append(" Pages of 4 KiB, unless marked THP.").ToString();
    }

    internal static void WriteNoise(Document document, ThroughputReport report)
    {
        SpreadNote.Write(document, "the ratios", report.Rounds, report.MedianSpreadPercent);
        foreach (PointResult point in report.Points)
        {
            string[] wrong = [.. point.Methods.Where(method => !method.CopiedExactly).Select(method => method.Name)];
            if (!point.EveryCopyComplete || wrong.Length != 0)
                document.Paragraph($"FAILED at {point.Name}: not every byte was copied by {(wrong.Length == 0 ? "an engine" : string.Join(", ", wrong))}");
        }
    }

    /// <summary>GiB/s of a method at a point; empty if it was not measured there.</summary>
    internal static Line Speed(PointResult point, string name) => point.IndexOf(name) is >= 0 and var i
        ? $"{new Figure($"methods[{i}].medianGibibytesPerSecond", point.Methods[i].MedianGibibytesPerSecond, Units.Number)}"
        : (Line)"";

    /// <summary>The ratio of a method to the baseline at a point; empty if it was not measured there.</summary>
    internal static Line Ratio(PointResult point, string name) => point.IndexOf(name) is >= 0 and var i
        ? $"{new Figure($"methods[{i}].ratioToNativeMemoryCopy.median", point.Methods[i].RatioToNativeMemoryCopy.Median, Units.Ratio)}"
        : (Line)"";

    private static Line Cell(PointResult point, string name) => point.IndexOf(name) is >= 0 and var i
        ? $"{Speed(point, name)} ({Ratio(point, name)}){(point.Methods[i].CopiedExactly ? "" : " FAILED"):strong}"
        : (Line)"";

    private static bool IsHot(PointResult point) =>
        point is { Temperature: Temperature.Hot, Pages: PageKind.Small, Hint: CopyHint.UsedSoon, Mixture: null };

    private static bool IsFirstLevel(PointResult point) => point.Temperature == Temperature.FirstLevel;

    private static string[] MethodNames(IEnumerable<PointResult> points) => [.. points.SelectMany(point => point.Methods).Select(method => method.Name).Distinct()];

    /// <summary>The plots, each with so few lines that they can be told apart.</summary>
    private static IEnumerable<(string Caption, string[] Names)> Panels(ThroughputReport report, MachineReport machine)
    {
        string[] names = MethodNames(report.Points);
        ILookup<bool, string> kernels = machine.Kernels.Where(kernel => names.Contains(kernel.Name)).ToLookup(kernel => kernel.RecoversFromFaults, kernel => kernel.Name);
        string[] raw = [.. names.Where(name => Contenders.IsRaw(name) && name != Contenders.LibraryCopy)];
        (string, string[] Names)[] panels =
        [
            ("The engine and the copies that check nothing", [.. names.Except(kernels[true]).Except(kernels[false]).Except(raw)]),
            ("Kernels that recover from faults", [.. kernels[true]]),
            ("Managed kernels", [.. kernels[false]]),
            ("Raw copies, the best of which is the roofline", raw),
        ];
        return panels.Where(panel => panel.Names.Length > 0);
    }

    private static void Plot(Document document, string caption, string[] names, ThroughputReport report, MachineReport machine)
    {
        (long, double)[] Points(string name, Func<PointResult, bool> where) =>
        [
            .. report.Points.Where(where)
                .SelectMany(point => point.Methods.Where(method => method.Name == name).Select(method => (point.CopyBytes, method.MedianGibibytesPerSecond)))
                .OrderBy(point => point.CopyBytes),
        ];
        ThroughputSeries[] series =
            [.. names.Select(name => new ThroughputSeries(Points(name, IsHot), Points(name, IsFirstLevel), Points(name, point => point.Mixture is null && !IsHot(point) && !IsFirstLevel(point))))];
        (long, double)[] roofline = [.. report.Points.Where(IsHot).Select(point => (point.CopyBytes, Best(point)))];
        string best = report.Points.Any(point => point.Roofline is not null) ? "roofline: the best copy that checks nothing" : "roofline: the best copy of this run";
        var marks = new List<(string, string)> { (best, "line ink"), ("size of a cache", "line mark") };
        if (series.Any(one => one.FirstLevel.Count > 0))
            marks.Add(("within L1", "line dashed"));
        if (series.Any(one => one.Others.Count > 0))
            marks.Add(("cold, or huge pages", "diamond"));
        document.Plot(caption, size => ThroughputPlot.Draw(size, series, roofline, machine.Caches), names, marks);
    }

    /// <summary>GiB/s of the roofline at a point.</summary>
    private static double Best(PointResult point) => point.Roofline is { } roofline
        ? point.CopyBytes / roofline.MedianNanosecondsPerCopy * 1e9 / (1L << 30)
        : point.Methods.Max(method => method.MedianGibibytesPerSecond);
}
