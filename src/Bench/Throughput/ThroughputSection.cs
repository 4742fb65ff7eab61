using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Throughput;

/// <summary>Throughput as plots and as a table.</summary>
/// <param name="title">The heading.</param>
/// <param name="report">What was measured.</param>
/// <param name="path">Where it stands in the JSON.</param>
/// <param name="machine">On what.</param>
internal sealed class ThroughputSection(string title, ThroughputReport report, string path, MachineReport machine) : IReportSection
{
    public string Title => title;

    public void Write(HtmlText html)
    {
        html.Element("p", $"GiB/s copied (each byte counts once). {ThroughputText.Conditions(report)}");
        SpreadNote.Write(html, "the ratios", report.Rounds, $"{path}.medianSpreadPercent", report.MedianSpreadPercent);
        foreach ((string caption, string[] names) in Panels())
            WritePlot(html, caption, names);
        WriteTable(html);
    }

    private static bool IsHot(PointResult point) =>
        point is { Temperature: Temperature.Hot, Pages: PageKind.Small, Hint: CopyHint.UsedSoon };

    private static bool IsFirstLevel(PointResult point) => point.Temperature == Temperature.FirstLevel;

    private string[] MethodNames() => [.. report.Points.SelectMany(point => point.Methods).Select(method => method.Name).Distinct()];

    /// <summary>Few enough lines in each that they can be told apart.</summary>
    private IEnumerable<(string Caption, string[] Names)> Panels()
    {
        string[] names = MethodNames();
        HashSet<string> kernels = [.. machine.Kernels.Select(kernel => kernel.Name)];
        string[] recovering = [.. names.Where(name => machine.Kernels.Any(kernel => kernel.Name == name && kernel.RecoversFromFaults))];
        string[] managed = [.. names.Where(name => kernels.Contains(name) && !recovering.Contains(name))];
        string[] raw = [.. names.Where(name => Contenders.IsRaw(name) && name != Contenders.LibraryCopy)];
        yield return ("The engine and the copies that check nothing", [.. names.Except(recovering).Except(managed).Except(raw)]);
        if (recovering.Length > 0)
            yield return ("Kernels that recover from faults", recovering);
        if (managed.Length > 0)
            yield return ("Managed kernels", managed);
        if (raw.Length > 0)
            yield return ("Raw copies, the best of which is the roofline", raw);
    }

    private void WritePlot(HtmlText html, string caption, string[] names)
    {
        ThroughputSeries[] series =
        [
            .. names.Select((name, color) => new ThroughputSeries(
                name, color % PlotColors.SeriesCount, Points(name, IsHot), Points(name, IsFirstLevel), Points(name, point => !IsHot(point) && !IsFirstLevel(point)))),
        ];
        (long, double)[] roofline = [.. report.Points.Where(IsHot).Select(point => (point.CopyBytes, Best(point)))];
        PlotFigure.Write(html, caption, size => ThroughputPlot.Draw(size, series, roofline, machine.Caches));
        var marks = new List<(string, string)> { (RooflineName(), "line ink"), ("size of a cache", "line mark") };
        if (series.Any(one => one.FirstLevel.Count > 0))
            marks.Add(("within L1", "line dashed"));
        if (series.Any(one => one.Others.Count > 0))
            marks.Add(("cold, or huge pages", "diamond"));
        Legend.Write(html, series.Select(one => (one.Name, one.Color)), marks);
    }

    private string RooflineName() => report.Points.Any(point => point.Roofline is not null)
        ? "roofline: the best copy that checks nothing"
        : "roofline: the best copy of this run";

    /// <summary>GiB/s of the roofline at a point.</summary>
    private static double Best(PointResult point) => point.Roofline is { } roofline
        ? point.CopyBytes / roofline.MedianNanosecondsPerCopy * 1e9 / (1L << 30)
        : point.Methods.Max(method => method.MedianGibibytesPerSecond);

    private (long, double)[] Points(string name, Func<PointResult, bool> where) =>
    [
        .. report.Points.Where(where)
            .SelectMany(point => point.Methods.Where(method => method.Name == name).Select(method => (point.CopyBytes, method.MedianGibibytesPerSecond)))
            .OrderBy(point => point.CopyBytes),
    ];

    private void WriteTable(HtmlText html)
    {
        html.Element("p", $"In brackets the ratio to {report.Baseline}.");
        html.OpenTable(["method", .. report.Points.Select(point => point.Name)]);
        foreach (string name in MethodNames())
        {
            html.Raw("<tr>").Element("th", name);
            for (int i = 0; i < report.Points.Count; i++)
                WriteCell(html, i, name);
            html.Raw("</tr>\n");
        }
        html.CloseTable();
    }

    private void WriteCell(HtmlText html, int pointIndex, string name)
    {
        IReadOnlyList<MethodResult> methods = report.Points[pointIndex].Methods;
        html.Raw("<td>");
        for (int i = 0; i < methods.Count; i++)
        {
            if (methods[i].Name != name)
                continue;
            string at = $"{path}.points[{pointIndex}].methods[{i}]";
            double ratio = methods[i].RatioToNativeMemoryCopy.Median;
            html.Figure($"{at}.medianGibibytesPerSecond", methods[i].MedianGibibytesPerSecond, Units.Number(methods[i].MedianGibibytesPerSecond))
                .Raw(" <small>(").Figure($"{at}.ratioToNativeMemoryCopy.median", ratio, Units.Ratio(ratio)).Raw(")</small>");
            if (!methods[i].CopiedExactly)
                html.Element("strong", " FAILED");
        }
        html.Raw("</td>");
    }
}
