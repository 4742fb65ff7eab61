using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CopyMc.Bench.Tests.Report;

/// <summary>A page that <c>copymc report</c> wrote, and the figures in it.</summary>
internal sealed partial class ReportPage
{
    private ReportPage(string html)
    {
        Html = html;
        Figures = [.. Articles(html).SelectMany((article, index) => FigurePattern().Matches(article).Select(match => new ReportFigure(
            index,
            WebUtility.HtmlDecode(match.Groups["path"].Value),
            double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture),
            WebUtility.HtmlDecode(match.Groups["shown"].Value))))];
    }

    internal string Html { get; }

    internal IReadOnlyList<ReportFigure> Figures { get; }

    internal static ReportPage Of(params string[] results)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("report.html");
        Copymc.Run(["report", .. results, "-o", path]).ExpectSuccess();
        Assert.Single(Directory.GetFiles(directory.Path));
        return new ReportPage(File.ReadAllText(path));
    }

    /// <summary>The number that a path leads to.</summary>
    internal static double Number(JsonElement root, string path)
    {
        JsonElement at = root;
        foreach (Match step in StepPattern().Matches(path))
            at = step.Groups["name"].Success ? at.GetProperty(step.Groups["name"].Value) : at[int.Parse(step.Groups["index"].Value, CultureInfo.InvariantCulture)];
        return at.GetDouble();
    }

    private static string[] Articles(string html) => html.Split("<article ")[1..];

    [GeneratedRegex("<data data-json=\"(?<path>[^\"]*)\" value=\"(?<value>[^\"]*)\">(?<shown>[^<]*)</data>")]
    private static partial Regex FigurePattern();

    [GeneratedRegex(@"\[(?<index>\d+)\]|(?<name>\w+)")]
    private static partial Regex StepPattern();
}

/// <summary>A figure of a page: in which result, where in it, and how it is shown.</summary>
internal sealed record ReportFigure(int Result, string Path, double Value, string Shown);
