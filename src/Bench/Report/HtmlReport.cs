using System.Reflection;
using System.Text;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Page;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Report;

/// <summary>The page: one file that needs no network and no script.</summary>
internal static class HtmlReport
{
    /// <param name="results">What it shows.</param>
    /// <param name="writeComparison">Writes the comparison of two sides; null if nothing is compared.</param>
    internal static string Write(IReadOnlyList<ResultInput> results, Action<Document>? writeComparison)
    {
        var html = new HtmlText();
        html.Raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\n")
            .Raw("<link rel=\"icon\" href=\"data:,\">")
            .Element("title", $"CopyMc: {string.Join(", ", results.Select(result => result.Name))}")
            .Raw("\n<style>\n").Raw(PlotColors.Rules()).Raw(StyleSheet()).Raw("</style></head>\n<body><main>\n");
        html.Element("h1", "CopyMc report");
        var document = new HtmlDocument(html);
        writeComparison?.Invoke(document);
        document.EndSection();
        for (int i = 0; i < results.Count; i++)
        {
            Result result = results[i].Content;
            html.Raw($"<article data-result=\"{i}\">\n<header>").Element("h2", results[i].Name).Element("p", result.Schema).Raw("</header>\n");
            MachineDescription.Write(document, result.Machine, result.StartedAt);
            result.WriteAll(document);
            document.EndSection();
            html.Raw("</article>\n");
        }
        return html.Raw("</main></body></html>\n").ToString();
    }

    private static string StyleSheet()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
