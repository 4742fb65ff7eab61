using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CopyMc.Bench.Collapse;
using CopyMc.Bench.Commands;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Probe;
using CopyMc.Bench.Recovery;
using CopyMc.Bench.Results;
using CopyMc.Bench.Tests.Watch;
using CopyMc.Bench.Throughput;
using CopyMc.Bench.Throughput.Quick;

namespace CopyMc.Bench.Tests.Report;

/// <summary><c>copymc report</c>: the page says what the JSON says, and needs nothing but itself.</summary>
public sealed partial class ReportTests(ReportRun run) : IClassFixture<ReportRun>
{
    [Fact]
    public void Every_figure_is_the_number_of_the_json_and_is_shown_as_that_number_rounded()
    {
        Assert.NotEmpty(run.Page.Figures);
        foreach (ReportFigure figure in run.Page.Figures)
        {
            Assert.Equal(ReportPage.Number(run.Json[figure.Result], figure.Path), figure.Value);
            // Whatever the unit, the leading digits are the number's.
            string digits = new([.. figure.Shown.TakeWhile(character => char.IsDigit(character) || character is '.' or ',' or '-')]);
            double shown = double.Parse(digits.Replace(",", ""), CultureInfo.InvariantCulture);
            double[] units = [1, 1e-3, 1e3, 1e-6, 1 / 1024.0, 1 / 1048576.0];
            double step = digits.Contains('.') ? Math.Pow(10, digits.IndexOf('.') + 1 - digits.Length) : 1;
            Assert.True(units.Any(unit => Math.Abs(figure.Value * unit - shown) <= step * 0.5001), figure.ToString());
        }
    }

    [Fact]
    public void Every_method_every_case_of_the_first_region_every_total_and_every_cost_is_there()
    {
        for (int result = 0; result < run.Results.Length; result++)
        {
            switch (run.Results[result])
            {
                case QuickReport quick:
                    ExpectMethods(result, "throughput", quick.Throughput);
                    break;
                case MainJobReport job:
                    ExpectMethods(result, "throughput", job.Throughput);
                    for (int i = 0; i < job.Recovery.Cases.Count; i++)
                        Assert.Equal(job.Recovery.Cases[i].Region == 0, run.Shown.Contains((result, $"recovery.cases[{i}].bytesCopied")));
                    for (int i = 0; i < job.Recovery.Totals.Count; i++)
                        Assert.Contains((result, $"recovery.totals[{i}].bytesNotCopied"), run.Shown);
                    break;
                case RecoveryCostReport cost:
                    ExpectMethods(result, "whenClean", cost.WhenClean);
                    for (int i = 0; i < cost.Costs.Count; i++)
                        Assert.Contains((result, $"costs[{i}].{(cost.Costs[i].Exact ? "recoveryNanoseconds.p999" : "wrongBytes")}"), run.Shown);
                    for (int i = 0; i < cost.Splits.Count; i++)
                        Assert.Contains((result, $"splits[{i}].deliveryNanoseconds.p50"), run.Shown);
                    break;
            }
        }
    }

    [Fact]
    public void A_map_has_a_cell_for_every_line_and_as_many_copied_ones_as_were_copied()
    {
        MainJobReport job = run.Results.OfType<MainJobReport>().Single();
        RecoveryCase[] cases = [.. job.Recovery.Cases.Where(one => one.Region == 0)];
        string[] maps = [.. run.Page.Html.Split("<figure class=\"map\">")[1..].Select(map => map[..map.IndexOf("</figure>", StringComparison.Ordinal)])];
        Assert.Equal(cases.Length, maps.Length);
        for (int i = 0; i < maps.Length; i++)
        {
            Assert.Equal(cases[i].BytesCopied / PoisonMap.LineSize, Cells(maps[i], "copied"));
            Assert.Equal(cases[i].BytesNotCopied / PoisonMap.LineSize, Cells(maps[i], "lost"));
            Assert.Equal((cases[i].FaultExtentBytes ?? 0) / PoisonMap.LineSize, Cells(maps[i], "poison"));
        }
    }

    [Fact]
    public void A_timeline_has_a_point_for_every_step_every_undo_step_and_the_result()
    {
        CollapseActionReport[] collapses =
        [
            .. run.Results.OfType<CollapseReport>().SelectMany(report => report.Scenarios).SelectMany(scenario => scenario.Collapses),
        ];
        RangeReport[] drawn =
        [
            .. collapses.SelectMany(collapse => collapse.Ranges.Take(CollapseText.MostRanges)
                .Where((range, i) => i == 0 || !CollapseText.IsAlike(range, collapse.Ranges[i - 1]))),
        ];
        string[] timelines = [.. run.Page.Html.Split("<svg class=\"timeline\"")[1..].Select(svg => svg[..svg.IndexOf("</svg>", StringComparison.Ordinal)])];
        Assert.Equal(drawn.Length, timelines.Length);
        for (int i = 0; i < drawn.Length; i++)
        {
            int Points(string cssClass) => timelines[i].Split($"<circle class=\"{cssClass}\"").Length - 1;
            Assert.Equal((drawn[i].Steps.Count, drawn[i].Undo.Count), (Points("did"), Points("undid")));
            Assert.Equal(1, Points(drawn[i].Result == "SUCCEED" ? "succeeded" : "gaveup"));
            Assert.Contains($">{drawn[i].Result}</text>", timelines[i]);
        }
        Assert.Contains(drawn, range => range.Undo.Count > 0);
    }

    [Fact]
    public void Every_kind_of_result_has_figures_but_the_probe() => Assert.Equal(
        Enumerable.Range(0, run.Results.Length).Where(result => run.Results[result] is not ProbeReport),
        run.Shown.Select(shown => shown.Result).Distinct().Order());

    [Fact]
    public void The_page_asks_for_nothing_and_runs_nothing()
    {
        string html = run.Page.Html;
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("src=", html);
        Assert.DoesNotContain("@import", html);
        Assert.DoesNotContain("url(http", html);
        Assert.All(AddressPattern().Matches(html), match => Assert.StartsWith("http://www.w3.org/", match.Value));
        Assert.Contains("default-src 'none'", html);
    }

    [Fact]
    public void No_two_elements_have_the_same_name()
    {
        string[] ids = [.. IdPattern().Matches(run.Page.Html).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ReferencePattern().Matches(run.Page.Html), match => Assert.Contains(match.Groups[1].Value, ids));
    }

    [Fact]
    public void Every_plot_is_there_for_a_desk_and_for_a_phone()
    {
        int wide = run.Page.Html.Split("class=\"wide\"").Length, narrow = run.Page.Html.Split("class=\"narrow\"").Length;
        Assert.Equal(wide, narrow);
        Assert.InRange(wide, 5, 100);
    }

    private void ExpectMethods(int result, string path, ThroughputReport throughput)
    {
        for (int point = 0; point < throughput.Points.Count; point++)
        {
            for (int method = 0; method < throughput.Points[point].Methods.Count; method++)
                Assert.Contains((result, $"{path}.points[{point}].methods[{method}].medianGibibytesPerSecond"), run.Shown);
        }
    }

    private static long Cells(string map, string cssClass) => RectanglePattern().Matches(map)
        .Where(match => match.Groups[1].Value == cssClass)
        .Sum(match => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) * long.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("https?://[^\"' <)]*")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex IdPattern();

    [GeneratedRegex("url\\(#([^)]*)\\)")]
    private static partial Regex ReferencePattern();

    [GeneratedRegex("<rect class=\"(\\w+)\" x=\"\\d+\" y=\"\\d+\" width=\"(\\d+)\" height=\"(\\d+)\"/>")]
    private static partial Regex RectanglePattern();
}

/// <summary>One page of all kinds of results, for several tests to look at.</summary>
public sealed class ReportRun
{
    public ReportRun(SmokeRuns runs)
    {
        using var directory = new TemporaryDirectory();
        string watch = directory.File("watch.json");
        new ReportFile(watch).Write(WatchReports.Example);
        string[] paths =
        [
            runs.MainJob.Path, runs.Of("probe").Path, runs.Of("collapse", "--all", "--memory", "anonymous").Path, watch,
            .. ResultSchema.All.OfType<Measurement>().Select(measurement => measurement.Kind["bench-".Length..])
                .Where(name => name != "salvage" || CopyEngine.Shared.Kernel.RecoversFromFaults).Select(name => runs.Bench(name).Path),
        ];
        Results = [.. paths.Select(ResultFile.Read)];
        Json = [.. paths.Select(path => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement)];
        Page = ReportPage.Of(paths);
        Shown = [.. Page.Figures.Select(figure => (figure.Result, figure.Path))];
    }

    internal Result[] Results { get; }

    internal JsonElement[] Json { get; }

    internal ReportPage Page { get; }

    internal HashSet<(int Result, string Path)> Shown { get; }
}
