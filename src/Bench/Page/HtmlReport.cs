using System.Reflection;
using System.Text;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Page;

/// <summary>One page that needs nothing but itself: no network, no script.</summary>
internal static class HtmlReport
{
    /// <param name="results">What it is about.</param>
    /// <param name="comparison">Two sides of it; null if nothing is compared.</param>
    internal static string Write(IReadOnlyList<ResultInput> results, IReportSection? comparison)
    {
        var html = new HtmlText();
        html.Raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\n")
            .Raw("<link rel=\"icon\" href=\"data:,\">")
            .Element("title", $"CopyMc: {string.Join(", ", results.Select(result => result.Name))}")
            .Raw("\n<style>\n").Raw(PlotColors.Rules()).Raw(StyleSheet()).Raw("</style></head>\n<body><main>\n");
        html.Element("h1", "CopyMc report");
        if (comparison is not null)
            WriteSection(html, comparison);
        for (int i = 0; i < results.Count; i++)
            WriteResult(html, results[i], i);
        return html.Raw("</main></body></html>\n").ToString();
    }

    private static void WriteResult(HtmlText html, ResultInput result, int index)
    {
        html.Raw($"<article data-result=\"{index}\">\n<header>").Element("h2", result.Name).Element("p", result.Content.Schema).Raw("</header>\n");
        WriteSection(html, new MachineSection(result.Content.Machine, result.Content.StartedAt));
        foreach (IReportSection section in result.Content.Sections())
            WriteSection(html, section);
        if (result.Content is { ShowsTrace: true, Trace: { } trace })
            WriteSection(html, new TraceSection(trace));
        html.Raw("</article>\n");
    }

    private static void WriteSection(HtmlText html, IReportSection section)
    {
        html.Raw("<section>\n").Element("h2", section.Title).Raw("\n");
        section.Write(html);
        html.Raw("</section>\n");
    }

    private static string StyleSheet()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
